"""Runs the server under test on loopback, and reads its log."""

import ctypes
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import checkpoints
import wire

BINARY = os.environ["HARFUNCTION"]
SANITIZED = wire.SANITIZED
THOROUGH = os.environ.get("SERVING_THOROUGH") == "1"


def end_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: a test that is killed leaves no server behind


def environment(extra=None):
    """What a container has: no settings of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS") if name in os.environ}
    return kept | {"HOME": tempfile.gettempdir(), "HARTRAIN_CACHE": "/nonexistent"} | (extra or {})


class Server:
    """A process of the server; a context manager that ends it."""

    def __init__(self, *arguments, weights=checkpoints.CNN, env=None, port=0, listens=True, enter=()):
        words = [*enter, BINARY, "--host", "127.0.0.1"]
        if port is not None and "--port" not in arguments:
            words += ["--port", port]
        if weights is not None:
            words += ["--weights", weights]
        self.process = subprocess.Popen(
            [*map(str, words), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(env),
            preexec_fn=end_with_parent,
        )
        self.log, self.other_lines = [], []
        # Beside that of a test that has killed it.
        self.expected_codes = (0, -signal.SIGKILL)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.port = None
        if listens:
            try:
                self.port = int(self.logged("listening")["port"])
            except AssertionError as error:
                self.kill()
                raise AssertionError(f"the server does not listen: {self.other_lines} {self.log}") from error

    def _read(self):
        for line in self.process.stderr:
            try:
                self.log.append(json.loads(line))
            except ValueError:
                self.other_lines.append(line.decode(errors="replace").rstrip())

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code = self.process.poll()
        if code is None:
            self.process.send_signal(signal.SIGINT)
            try:
                code = self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        self._close()
        if kind is None:
            assert code in self.expected_codes, f"the server ended with {code}: {self.other_lines[-20:]}"

    def _close(self):
        self.reader.join(10)
        self.process.stdout.close()
        self.process.stderr.close()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._close()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=30):
        """Waits for the end, and gives the exit code."""
        code = self.process.wait(seconds)
        self.reader.join(10)
        return code

    @property
    def is_running(self):
        return self.process.poll() is None

    def entries(self, message, **fields):
        return [entry for entry in list(self.log) if entry["message"] == message and all(entry.get(key) == value for key, value in fields.items())]

    def logged(self, message, seconds=30, **fields):
        """Waits for a line of the log, and gives it."""

        def found():
            entries = self.entries(message, **fields)
            if not entries and not self.is_running:
                self.reader.join(10)
                assert self.entries(message, **fields), f"the server ended without '{message}': {self.other_lines}"
            return entries

        return wire.eventually(found, seconds, f"'{message}' {fields} in the log")[0]

    def ask(self, method, path, body=None, headers=(), timeout=30):
        return wire.ask(self.port, method, path, body, headers, timeout)

    def connect(self, timeout=30, **options):
        return wire.Connection(self.port, timeout, **options)

    def status(self, name):
        """A line of /proc/PID/status, in kilobytes."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
        raise KeyError(name)

    def metric(self, name, **labels):
        """The value of a metric."""
        from prometheus_client.parser import text_string_to_metric_families

        text = self.ask("GET", "/metrics").body.decode()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return sample.value
        return None


class ServerTests(unittest.TestCase):
    """Tests that share one server, which must survive them all."""

    arguments = ()
    weights = checkpoints.CNN

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.arguments, weights=cls.weights)
        cls.addClassCleanup(cls.server.__exit__, None)

    def setUp(self):
        self.addCleanup(lambda: self.assertTrue(self.server.is_running, f"the server has ended: {self.server.other_lines[-20:]}"))

    def ask(self, method, path, body=None, headers=(), timeout=30):
        return self.server.ask(method, path, body, headers, timeout)

    def assertRefused(self, response, status, *words):
        """The answer has the status, and its reason contains each of the words."""
        self.assertEqual(response.status, status, response)
        self.assertEqual(response.header("content-type"), "application/json")
        self.assertEqual(list(response.json()), ["error"])
        for word in words:
            self.assertIn(word, response.error)


def failure(*arguments, weights=checkpoints.CNN, env=None):
    """Runs a server that is not to start, and gives its exit code and what it says."""
    with Server(*arguments, weights=weights, env=env, listens=False) as server:
        code = server.wait()
        server.expected_codes = (code,)
        return code, server.other_lines


def free_port():
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def folder(test):
    """A temporary folder that goes with the test."""
    place = tempfile.TemporaryDirectory()
    test.addCleanup(place.cleanup)
    return pathlib.Path(place.name)


class Clock:
    """Seconds since its making."""

    def __init__(self):
        self.start = time.monotonic()

    @property
    def seconds(self):
        return time.monotonic() - self.start
