"""Every function of openfaas/stack.yaml, laid out as an image is and run by that image's command. Knative and KServe run the same images."""

import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import unittest

import support
from support import BODIES, FUNCTIONS, HELLO, PLATFORMS, WINDOWS, AnswerCase, Server, folder, free_port, lay_out, weights

BAD = [
    (b"{", "application/json", 400, "the request is no JSON"),
    (b"", "application/json", 400, "the request is empty"),
    (b"[]", None, 400, '{"window": [...]}'),
    (b'{"window": 1}', "application/json", 400, "window 1 must be a list of 128 readings"),
    (b"x", "application/x-www-form-urlencoded", 415, "'application/x-www-form-urlencoded' is not read"),
    (b"\x00" * 4607, "application/octet-stream", 400, "the request has 4607 bytes, must have 4608 a window"),
]


class Http(AnswerCase):
    def serve(self, name, place, **environment):
        function = lay_out(name, place)
        port = free_port()
        command = support.documents(f"openfaas/template/{function['lang']}/template.yml")[0]["fprocess"].split()
        return Server(command, place, port, PORT=str(port), PYTHONPATH=str(place / "function"), **environment)

    def test_helloworld(self):
        for name in ("helloworld-node", "helloworld-python"):
            with self.subTest(name), folder() as place, self.serve(name, place) as server:
                self.assertEqual(server.ask(), (200, "text/plain", HELLO))
                self.assertEqual(server.ask(method="GET"), (200, "text/plain", HELLO))
                self.assertEqual(server.ask(b"x" * 5000, chunked=True), (200, "text/plain", HELLO))
                for path in ("/_/health", "/_/ready", "/healthz", "/readyz"):
                    self.assertEqual(server.ask(path=path, method="GET")[::2], (200, "OK\n"))

    def test_inference(self):
        for model in support.MODELS:
            with self.subTest(model), folder() as place:
                with self.serve(f"python-har-{model}", place, HARFUNCTION_WEIGHTS=weights(model)) as server:
                    for content_type, body in BODIES:
                        for chunked in (False, True):
                            status, kind, text = server.ask(body, content_type, "/predict", chunked=chunked)
                            self.assertEqual((status, kind), (200, "application/json"), text)
                            self.assert_answers(text, model)
                    self.assertEqual(server.ask(path="/_/health", method="GET")[::2], (200, "OK\n"))
                    for body, content_type, expected, reason in BAD:
                        status, _, text = server.ask(body, content_type)
                        self.assertEqual(status, expected, text)
                        self.assertIn(reason, json.loads(text)["error"])
                    self.assertEqual(server.ask(method="GET")[0], 405)
                    self.assert_answers(server.ask(*reversed(BODIES[0]))[2], model)

    def test_many_users_get_their_own_answers(self):
        failures = []

        def user(number):
            windows = WINDOWS[number % 8 :][:1]
            for _ in range(10):
                try:
                    status, _, text = server.ask(windows.tobytes(), "application/octet-stream")
                    self.assertEqual(status, 200, text)
                    self.assert_answers(text, "cnn", windows)
                except Exception as error:
                    failures.append(error)

        with folder() as place, self.serve("python-har-cnn", place, HARFUNCTION_WEIGHTS=weights("cnn")) as server:
            users = [threading.Thread(target=user, args=(number,)) for number in range(20)]
            for thread in users:
                thread.start()
            for thread in users:
                thread.join()
        self.assertEqual(failures, [])

    def test_too_much_is_refused_and_the_server_goes_on(self):
        for name in ("helloworld-node", "helloworld-python"):
            with self.subTest(name), folder() as place, self.serve(name, place) as server:
                self.assertEqual(server.ask(b"x" * ((16 << 20) - 1))[0], 200)
                if name == "helloworld-python":  # refused as soon as it is announced
                    self.assertEqual(self.announce(server, (16 << 20) + 1), b"HTTP/1.1 413 Request Entity Too Large")
                else:
                    self.assertEqual(server.ask(b"x" * ((16 << 20) + 1))[0], 413)
                self.assertEqual(server.ask()[0], 200)

    def announce(self, server, length):
        """The first line of the answer to a request whose body does not come."""
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
            return connection.makefile("rb").readline().strip()

    def test_a_request_under_way_is_answered_after_sigterm(self):
        windows = support.some_windows(400)
        answers = []
        with folder() as place, self.serve("python-har-lstm", place, HARFUNCTION_WEIGHTS=weights("lstm")) as server:
            server.ask(WINDOWS.tobytes(), "application/octet-stream")  # NumPy's first product takes longer
            request = threading.Thread(target=lambda: answers.append(server.ask(windows.tobytes(), "application/octet-stream")))
            before = server.seconds_of_work()
            request.start()
            while server.seconds_of_work() < before + 0.1:  # it computes by then
                time.sleep(0.005)
            server.terminate()
            request.join()
            self.assertEqual(server.process.wait(10), 0)
        self.assertEqual(answers[0][0], 200, answers)
        self.assert_answers(answers[0][2], "lstm", windows)

    def test_sigterm_ends_an_idle_server(self):
        for name in ("helloworld-node", "helloworld-python"):
            with self.subTest(name), folder() as place, self.serve(name, place) as server:
                server.terminate()
                self.assertEqual(server.process.wait(10), 0)

    def test_without_weights_nothing_is_served(self):
        for variables, reason in (
            ({}, "HARFUNCTION_WEIGHTS is not set"),
            ({"HARFUNCTION_WEIGHTS": "/nowhere/best.safetensors"}, "/nowhere/best.safetensors: FileNotFoundError"),
            ({"HARFUNCTION_WEIGHTS": __file__}, "test_openfaas.py: "),
        ):
            with self.subTest(reason), folder() as place, self.assertRaisesRegex(AssertionError, reason):
                self.serve("python-har-cnn", place, **variables)


class Forked(AnswerCase):
    """What the watchdogs fork; the watchdog itself is a few lines of ours."""

    def serve(self, place, *command, **environment):
        port = free_port()
        watchdog = [sys.executable, str(PLATFORMS / "watchdog.py"), str(port), *command]
        return Server(watchdog, place, port, PYTHONPATH=str(place / "function"), **environment)

    def fprocess(self, language):
        dockerfile = (FUNCTIONS / "openfaas" / "template" / language / "Dockerfile").read_text()
        return re.search(r'fprocess="?([^"\n]*?)"?( \w+=|$)', dockerfile, re.MULTILINE)[1].split()

    def test_helloworld_in_python(self):
        with folder() as place:
            lay_out("helloworld-python-fork", place)
            with self.serve(place, *self.fprocess("python-fork")) as server:
                self.assertEqual(server.ask(b"x" * 100_000)[::2], (200, HELLO))

    def test_helloworld_in_swift(self):
        if not shutil.which("swiftc"):
            self.skipTest("swiftc is not installed")
        with folder() as place:
            lay_out("helloworld-swift", place)
            dockerfile = (place / "Dockerfile").read_text()
            build = re.search(r"^RUN (swiftc .*)$", dockerfile, re.MULTILINE)[1].split()
            subprocess.run(build, cwd=place / "function", check=True)
            shutil.move(place / "function" / "hello", place / "hello")
            with self.serve(place, *self.fprocess("swift")) as server:
                self.assertEqual(server.ask(b"line\n" * 100_000)[::2], (200, HELLO))
                self.assertEqual(server.ask()[::2], (200, HELLO))
                self.assertEqual(server.ask(bytes(range(256)) * 1000)[::2], (200, HELLO))

    def test_inference(self):
        """The template takes python-har, too: each request then loads the weights, and a refusal is a 500."""
        with folder() as place:
            lay_out("helloworld-python-fork", place)
            shutil.rmtree(place / "function")
            shutil.copytree(FUNCTIONS / "python-har", place / "function")
            with self.serve(place, *self.fprocess("python-fork"), HARFUNCTION_WEIGHTS=weights("cnn")) as server:
                for content_type, body in BODIES:
                    status, _, text = server.ask(body, content_type)
                    self.assertEqual(status, 200, text)
                    self.assert_answers(text, "cnn")
                status, _, text = server.ask(b"{", "application/json")
                self.assertEqual(status, 500)
                self.assertIn("the request is no JSON", text)


class Images(unittest.TestCase):
    """No engine is at hand to build them: the Dockerfiles are held against what they copy and what the templates start."""

    def test_what_is_copied_is_there(self):
        for name, function in support.documents("openfaas/stack.yaml")[0]["functions"].items():
            if "lang" not in function:
                self.assertTrue(function["skip_build"])
                continue
            with self.subTest(name), folder() as place:
                lay_out(name, place)
                dockerfile = (place / "Dockerfile").read_text()
                for source in re.findall(r"^COPY (?!--from)(\S+) ", dockerfile, re.MULTILINE):
                    self.assertTrue((place / source).exists(), source)

    def test_hadolint_has_nothing_to_say(self):
        for dockerfile in (FUNCTIONS / "openfaas" / "template").glob("*/Dockerfile"):
            run = subprocess.run(["hadolint", dockerfile], capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)

    def test_commands_are_the_templates(self):
        for language in ("python", "node"):
            dockerfile = (FUNCTIONS / "openfaas" / "template" / language / "Dockerfile").read_text()
            command = json.loads(re.search(r"^CMD (.*)$", dockerfile, re.MULTILINE)[1])
            self.assertEqual(" ".join(command), support.documents(f"openfaas/template/{language}/template.yml")[0]["fprocess"])

    def test_images_run_as_somebody_else(self):
        for dockerfile in (FUNCTIONS / "openfaas" / "template").glob("*/Dockerfile"):
            # A number, so that runAsNonRoot can be checked.
            self.assertRegex(dockerfile.read_text(), r"(?m)^USER [1-9]\d*$", dockerfile)
