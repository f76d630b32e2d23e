"""OpenFaaS: behind of-watchdog, which sends every body in chunks, and under the classic watchdog, a process for each request."""

import random
import subprocess
import unittest

import checkpoints
import harness
import windows
import wire

OCTETS = {"Content-Type": "application/octet-stream"}


class HTTPModeTests(harness.ServerTests):
    def test_chunks_of_every_size(self):
        """Every POST comes without a length, in whatever pieces Go's client has copied."""
        data = windows.made(20)
        expected = windows.probabilities(windows.predict(checkpoints.CNN, windows.raw(data))).tobytes()
        source = random.Random(3)
        kinds = {"application/octet-stream": windows.raw(data), "text/csv": windows.csv(data), "application/json": windows.as_json(data)}
        for kind, body in kinds.items():
            for largest in (3, 100, 4096, 40_000):
                pieces, start = [], 0
                while start < len(body):
                    size = source.randint(1, largest)
                    pieces.append(body[start : start + size])
                    start += size
                with self.subTest(f"{kind} {largest}"), self.server.connect() as connection:
                    headers = {"Content-Type": kind, "Accept": "application/octet-stream", "Transfer-Encoding": "chunked", "X-Call-Id": f"call-{largest}"}
                    connection.send(wire.request("POST", "/", headers=headers) + wire.chunked(pieces))
                    self.assertEqual(connection.response().body, expected)

    def test_what_the_watchdog_adds_is_logged(self):
        headers = OCTETS | {"X-Call-Id": "a1b2c3", "X-Start-Time": "1700000000000000000", "X-Forwarded-For": "10.0.0.9", "Transfer-Encoding": "chunked"}
        headers["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        headers["X-Request-Id"] = "b7"
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/", headers=headers) + wire.chunked([windows.raw(windows.made(1))]))
            self.assertEqual(connection.response().status, 200)
        entry = self.server.logged("request", call_id="a1b2c3")
        self.assertEqual((entry["request_id"], entry["traceparent"], entry["status"]), ("b7", headers["traceparent"], "200"))

    def test_empty_bodies(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/", headers={"Transfer-Encoding": "chunked"}) + wire.chunked([]))
            self.assertRefused(connection.response(), 400, "the body is empty")
            connection.send(wire.request("GET", "/_/health", headers={"Transfer-Encoding": "chunked"}) + wire.chunked([b"x"]))
            self.assertEqual(connection.response().status, 200)
            self.assertEqual(connection.ask("GET", "/_/health").status, 200)


class ClassicWatchdogTests(unittest.TestCase):
    def run_once(self, body, *words, **fields):
        """A request as the classic watchdog makes it: body on standard input, header fields in the environment."""
        env = harness.environment({f"Http_{name}": value for name, value in fields.items()})
        words = words or ("--weights", checkpoints.CNN, "--stdin")
        return subprocess.run([harness.BINARY, *words], input=body, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)

    def setUp(self):
        self.windows = windows.made(3)
        self.expected = windows.predict(checkpoints.CNN, windows.raw(self.windows))

    def test_all_forms(self):
        for body, kind in (
            (windows.as_json(self.windows), "application/json"), (windows.as_json(self.windows), None), (windows.csv(self.windows), "text/csv"),
            (windows.csv(self.windows), "text/plain"), (windows.csv(self.windows), "application/x-www-form-urlencoded"), (windows.csv(self.windows), None),
            (windows.raw(self.windows), "application/octet-stream"),
        ):
            with self.subTest(kind):
                result = self.run_once(body, **({"Content_Type": kind} if kind else {}))
                self.assertEqual((result.returncode, result.stderr), (0, b""))
                self.assertEqual(windows.answers(result.stdout), self.expected)
                self.assertTrue(result.stdout.endswith(b"}"), result.stdout[-20:])

    def test_the_form_of_the_answer(self):
        body = windows.raw(self.windows)
        result = self.run_once(body, Content_Type="application/octet-stream", Accept="application/octet-stream")
        # Bytes of floats are no text: nothing is added, nothing is decoded.
        self.assertEqual(result.stdout, windows.probabilities(self.expected).tobytes())
        result = self.run_once(body, Content_Type="application/octet-stream", Accept="text/plain")
        self.assertEqual(result.stdout.count(b"\n"), 3)

    def test_windows_far_from_the_training_cause_a_warning(self):
        self.windows[1, :, 6:] *= 9.81
        for accept in ("text/plain", "application/json"):
            result = self.run_once(windows.raw(self.windows), Content_Type="application/octet-stream", Accept=accept)
            self.assertEqual(result.returncode, 0)
            self.assertRegex(result.stderr, rb"^warning: window 2: total_acc.*\n$")

    def test_a_model_by_the_query(self):
        words = ("--model", f"cnn={checkpoints.CNN}", "--model", f"lstm={checkpoints.LSTM}", "--stdin")
        result = self.run_once(windows.csv(self.windows), *words, Query="model=lstm")
        self.assertEqual(windows.answers(result.stdout), windows.predict(checkpoints.LSTM, windows.raw(self.windows)))

    def test_what_is_wrong_is_a_line_and_an_exit_code(self):
        for body, fields, words in (
            (b"", {}, b"the body is empty"), (b"{}", {}, b"no field 'window'"), (b"1,2,3\n", {}, b"line 1"), (b"x", {"Content_Type": "image/png"}, b"image/png"),
            (windows.csv(self.windows), {"Accept": "image/png"}, b"image/png"), (windows.csv(self.windows), {"Query": "model=other"}, b"no model 'other'"),
        ):
            with self.subTest(words):
                result = self.run_once(body, **fields)
                self.assertEqual((result.returncode, result.stdout), (1, b""))
                self.assertIn(words, result.stderr)
                self.assertEqual(result.stderr.count(b"\n"), 1)

    def test_the_environment_chooses_it(self):
        env = harness.environment({"HARFUNCTION_STDIN": "1", "HARFUNCTION_WEIGHTS": str(checkpoints.CNN)})
        result = subprocess.run([harness.BINARY], input=windows.csv(self.windows), env=env, stdout=subprocess.PIPE, timeout=60, check=True)
        self.assertEqual(windows.answers(result.stdout), self.expected)


if __name__ == "__main__":
    unittest.main()
