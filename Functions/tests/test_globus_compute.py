"""Globus Compute without its service: registered functions as a worker runs them, and Parsl's HighThroughputExecutor beneath its engine."""

import os
import pathlib
import subprocess
import sys
import uuid

import parsl
import support
from globus_compute_endpoint.engines import GlobusComputeEngine
from globus_compute_endpoint.engines.base import GCFuture
from globus_compute_endpoint.engines.helper import execute_task
from parsl.executors import HighThroughputExecutor
from parsl.providers import LocalProvider
from support import BODIES, FUNCTIONS, AnswerCase, folder, program, weights

sys.path.append(str(FUNCTIONS / "globus-compute"))

from messages import functions, packed, unpacked  # noqa: E402

WORKER = """
import pathlib, sys, uuid
from globus_compute_endpoint.engines.helper import execute_task
task, folder = sys.argv[1:]
sys.stdout.buffer.write(execute_task(pathlib.Path(task).read_bytes(), uuid.uuid4(), run_dir=folder))
"""


class ShellCase(AnswerCase):
    def in_worker(self, message, **environment):
        """By `execute_task`, which is all that a worker does with a task, in a process that is like a worker's."""
        with folder() as place:
            (place / "task").write_bytes(message)
            variables = support.clean_environment(**environment)
            variables["HOME"] = str(place)
            run = subprocess.run([sys.executable, "-c", WORKER, place / "task", place], env=variables, capture_output=True)
            self.assertEqual(run.returncode, 0, run.stderr.decode())
            return unpacked(run.stdout)


class PythonHar(ShellCase):
    def test_a_worker_runs_it(self):
        for model in support.MODELS:
            variables = {"PYTHONPATH": str(FUNCTIONS / "python-har"), "HARFUNCTION_WEIGHTS": weights(model)}
            for content_type, body in BODIES:
                with self.subTest(model=model, form=content_type):
                    self.assert_answers(self.in_worker(packed(functions.python_har, body, content_type), **variables), model)

    def test_a_refusal_is_an_error(self):
        variables = {"PYTHONPATH": str(FUNCTIONS / "python-har"), "HARFUNCTION_WEIGHTS": weights("cnn")}
        with self.assertRaisesRegex(RuntimeError, "ValueError: .*the request is no JSON"):
            self.in_worker(packed(functions.python_har, b"{"), **variables)

    def test_a_worker_without_the_function_says_so(self):
        with self.assertRaisesRegex(RuntimeError, "No module named 'handler'"):
            self.in_worker(packed(functions.python_har, b"{}"))

    def test_parsl_runs_it_and_its_workers_keep_the_model(self):
        """The weights are gone by the second request, which a worker that loads them again would not survive."""
        with folder() as place:
            copy = place / "weights.safetensors"
            copy.write_bytes(pathlib.Path(weights("cnn")).read_bytes())
            executor = HighThroughputExecutor(**self.executor_options(copy))
            with parsl.load(parsl.Config(executors=[executor], run_dir=str(place / "runs"), strategy="none", exit_mode="cleanup")):
                run = parsl.python_app(execute_task)
                for content_type, body in BODIES:
                    future = run(packed(functions.python_har, body, content_type), uuid.uuid4(), run_dir=str(place))
                    self.assert_answers(unpacked(future.result(timeout=120)), "cnn")
                    copy.unlink(missing_ok=True)

    def test_an_endpoints_engine_runs_it(self):
        with folder() as place:
            engine = GlobusComputeEngine(**self.executor_options(weights("lstm")), working_dir=str(place))
            engine.start(endpoint_id=uuid.uuid4(), run_dir=str(place))
            try:
                future = GCFuture(gc_task_id=uuid.uuid4())
                engine.submit(future, packed(functions.python_har, BODIES[0][1]), resource_specification={})
                self.assert_answers(unpacked(future.result(timeout=120)), "lstm")
            finally:
                engine.shutdown()

    def executor_options(self, place):
        setup = f"export PYTHONPATH={FUNCTIONS / 'python-har'} HARFUNCTION_WEIGHTS={place}"
        provider = LocalProvider(init_blocks=1, max_blocks=1, worker_init=setup)
        return {"address": "127.0.0.1", "max_workers_per_node": 1, "encrypted": False, "provider": provider}


class Harfunction(ShellCase):
    """The ShellFunction around `harfunction --stdin`."""

    def test_the_request_reaches_the_program_and_its_answer_comes_back(self):
        """Any program will do to see that: this one says what it was given."""
        request = BODIES[0][1][:20_000] + "\"'`$(exit 3)\\\n".encode()
        with folder() as place:
            echo = place / "harfunction"
            echo.write_text('#!/bin/sh\necho "$@"\ncat\n')
            echo.chmod(0o755)
            path = {"HARFUNCTION": str(echo)}
            result = self.in_worker(packed(functions.harfunction, **functions.harfunction_request(request)), **path)
            self.assertEqual((result.returncode, result.stdout.encode()), (0, b"--stdin\n" + request))
            path = {"PATH": f"{place}:{os.environ['PATH']}"}
            result = self.in_worker(packed(functions.harfunction, **functions.harfunction_request(request)), **path)
            self.assertEqual((result.returncode, result.stdout.encode()), (0, b"--stdin\n" + request))

    def test_a_program_that_is_not_there_is_an_error(self):
        request = packed(functions.harfunction, **functions.harfunction_request(b"{}"))
        result = self.in_worker(request, HARFUNCTION="/nowhere/harfunction")
        self.assertEqual(result.returncode, 127)
        self.assertIn("/nowhere/harfunction", result.stderr)

    def test_answers(self):
        variables = {"HARFUNCTION": program("HARFUNCTION"), "HARFUNCTION_WEIGHTS": weights("cnn")}
        window = support.as_json(support.WINDOWS[:1])
        result = self.in_worker(packed(functions.harfunction, **functions.harfunction_request(window)), **variables)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_answers(result.stdout, "cnn", support.WINDOWS[:1])
        result = self.in_worker(packed(functions.harfunction, **functions.harfunction_request(b"{")), **variables)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("error: ", result.stderr)
