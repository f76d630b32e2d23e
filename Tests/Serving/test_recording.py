"""Readings without an end: POST /recording answers window by window while the body still comes."""

import json
import socket
import struct
import unittest

import checkpoints
import harness
import windows
import wire

CSV = {"Content-Type": "text/csv"}
OCTETS = {"Content-Type": "application/octet-stream"}


class RecordingTests(harness.ServerTests):
    arguments = ("--body-limit", "0.1MiB")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.windows = windows.made(8)
        cls.expected = windows.predict(checkpoints.CNN, windows.raw(cls.windows))

    def lines(self, response):
        self.assertEqual((response.status, response.header("content-type")), (200, "application/x-ndjson"), response)
        self.assertTrue(response.body.endswith(b"\n"))
        return response.body.decode().splitlines()

    def assertWindows(self, lines, expected, readings, hop=128):
        """The lines are the answers to these windows, and the last one counts them."""
        for index, (line, answer) in enumerate(zip(lines, expected)):
            first = index * hop
            self.assertEqual(line, f'{{"window":{index + 1},"reading":{first + 1},"second":{first / 50:.3f},{answer}')
        self.assertEqual(json.loads(lines[-1]), {"readings": readings, "windows": len(expected)})
        self.assertEqual(len(lines), len(expected) + 1)

    def test_both_forms(self):
        for body, kind in ((windows.csv(self.windows), CSV), (windows.raw(self.windows), OCTETS), (windows.csv(self.windows), {})):
            self.assertWindows(self.lines(self.ask("POST", "/recording", body, kind)), self.expected, 8 * 128)

    def test_a_header_and_another_layout(self):
        body = windows.csv(self.windows, ";", ",", header=windows.CHANNELS, end="\r\n")
        self.assertWindows(self.lines(self.ask("POST", "/recording", body, CSV)), self.expected, 8 * 128)

    def test_readings_beyond_the_last_window_are_counted(self):
        readings = self.windows.reshape(-1, 9)[:300]
        for body, kind in ((windows.csv(readings), CSV), (windows.csv(readings)[:-1], CSV), (windows.raw(readings), OCTETS)):
            self.assertWindows(self.lines(self.ask("POST", "/recording", body, kind)), self.expected[:2], 300)

    def test_windows_far_from_the_training_are_told_once(self):
        strange = self.windows.copy()
        strange[2:, :, 6:] *= 9.81
        for body, kind in ((windows.csv(strange), CSV), (windows.raw(strange), OCTETS)):
            lines = [json.loads(line) for line in self.lines(self.ask("POST", "/recording", body, kind))]
            (warning,) = [line["warning"] for line in lines if "warning" in line]
            self.assertIn("window 3: total_acc", warning)

    def test_clients_that_are_gone_before_their_answer_are_not_counted_for_ever(self):
        """An answer that cannot even begin ends its request: what is in flight would only rise, up to the limit."""
        piece = windows.csv(self.windows[:1])
        for _ in range(40):
            with self.server.connect() as connection:
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.send(wire.request("POST", "/recording", None, {**CSV, "Content-Length": str(2 * len(piece))}) + piece)
                # Closed with a reset, at a moment that differs.
        # The question itself is one.
        wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 1, 20, "the end of all requests")

    def test_hop(self):
        readings = self.windows.reshape(-1, 9)
        for hop in (1, 32, 64, 100, 127, 129, 200, 500):
            overlapping = [readings[start : start + 128] for start in range(0, len(readings) - 127, hop)]
            expected = windows.predict(checkpoints.CNN, b"".join(map(windows.raw, overlapping)))
            for body, kind in ((windows.csv(readings), CSV), (windows.raw(readings), OCTETS)):
                with self.subTest(f"{hop} {kind}"):
                    self.assertWindows(self.lines(self.ask("POST", f"/recording?hop={hop}", body, kind)), expected, len(readings), hop)
        for wrong in ("0", "-1", "1.5", "x", "", "99999999999999999999"):
            self.assertRefused(self.ask("POST", f"/recording?hop={wrong}", windows.csv(readings), CSV), 400, "'hop' must be a number of readings")

    def test_answers_come_while_the_body_does(self):
        for encode, kind in ((windows.csv, CSV), (windows.raw, OCTETS)):
            with self.subTest(kind), self.server.connect() as connection:
                connection.send(wire.request("POST", "/recording", headers=kind | {"Transfer-Encoding": "chunked"}))
                pieces, response = None, None
                for window, answer in zip(self.windows, self.expected):
                    data = encode(window)
                    # Cut in the middle of a number; the second piece ends the window.
                    connection.send(wire.chunk(data[:1001]))
                    connection.send(wire.chunk(data[1001:]))
                    if response is None:
                        response = connection.head()
                        pieces = connection.pieces(response)
                    # The server has the rest of no body yet, and answers.
                    self.assertTrue(next(pieces).decode().rstrip().endswith(answer))
                connection.send(b"0\r\n\r\n")
                self.assertEqual(json.loads(b"".join(pieces)), {"readings": 8 * 128, "windows": 8})
                self.assertEqual(connection.ask("GET", "/healthz").status, 200)

    def test_a_recording_has_no_limit(self):
        many = windows.made(200)
        body = windows.csv(many)
        self.assertGreater(len(body), 10 * 104_857)
        lines = self.lines(self.ask("POST", "/recording", body, CSV))
        self.assertWindows(lines, windows.predict(checkpoints.CNN, windows.raw(many)), 200 * 128)

    def test_memory_does_not_grow_with_the_recording(self):
        body = windows.raw(windows.made(100))
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/recording?hop=512", headers=OCTETS | {"Content-Length": str(len(body) * 200)}))
            connection.send(body)
            head = connection.head()
            pieces = connection.pieces(head)
            next(pieces)
            before = self.server.status("VmRSS")
            for _ in range(199):
                connection.send(body)
            lines = b"".join(pieces).splitlines()
        self.assertEqual(json.loads(lines[-1]), {"readings": 200 * 100 * 128, "windows": 200 * 100 * 128 // 512})
        if not harness.SANITIZED:
            self.assertLess(self.server.status("VmRSS"), before + 20_000)

    def test_what_is_wrong_before_the_first_window_is_refused(self):
        good = windows.csv(self.windows[0])
        for body, kind, words in (
            (b"1,2,3\n", CSV, "line 1: 3 values, not 9"),
            (b"", CSV, "0 readings are no window: the model takes 128"),
            (b"\n".join(good.splitlines()[:127]), CSV, "127 readings are no window"),
            (good.replace(b"\n", b",x\n", 1), CSV, "line 1"),
            (windows.raw(self.windows[0])[:-36], OCTETS, "127 readings are no window"),
            (windows.raw(self.windows[0])[:-1], OCTETS, "4607 bytes are no whole number of readings"),
            (windows.made(1).astype("<f8").tobytes(), OCTETS, "look like 64-bit floats"),
        ):
            with self.subTest(words):
                self.assertRefused(self.ask("POST", "/recording", body, kind), 400, words)

    def test_what_is_wrong_later_is_the_last_line(self):
        good = windows.csv(self.windows)
        lines = good.splitlines(keepends=True)
        infinite = self.windows.copy()
        infinite[3, 5, 1] = float("inf")
        for body, kind, words in (
            (b"".join(lines[:400]) + b"1,2,3\n" + b"".join(lines[401:]), CSV, "line 401: 3 values, not 9"),
            (b"".join(lines[:500]) + b"1,2,3,4,5,6,7,8,nan\n", CSV, "line 501"),
            (windows.raw(infinite), OCTETS, "not a finite number"),
            (windows.raw(self.windows)[: 4 * 4608 - 3], OCTETS, "18429 bytes are no whole number of readings"),
        ):
            with self.subTest(words), self.server.connect() as connection:
                answers = self.lines(connection.ask("POST", "/recording", body, kind))
                self.assertEqual(len(answers), 4)
                for answer, expected in zip(answers, self.expected[:3]):
                    self.assertTrue(answer.endswith(expected))
                self.assertEqual(list(json.loads(answers[-1])), ["error"])
                self.assertIn(words, json.loads(answers[-1])["error"])

    def test_after_an_error_midway_the_rest_of_the_body_is_not_waited_for(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/recording", headers=CSV | {"Transfer-Encoding": "chunked"}))
            connection.send(wire.chunk(windows.csv(self.windows[0]) + b"1,2,3\n"))
            answers = self.lines(connection.response())
            self.assertIn("line 129", json.loads(answers[-1])["error"])
            self.assertTrue(connection.is_closed())

    def test_refusals(self):
        good = windows.csv(self.windows)
        self.assertRefused(self.ask("POST", "/recording", good, {"Content-Type": "application/json"}), 415, "text/csv, application/octet-stream")
        self.assertRefused(self.ask("POST", "/recording", good, CSV | {"Accept": "text/csv"}), 406, "application/x-ndjson")
        self.assertRefused(self.ask("POST", "/recording?hopp=1", good, CSV), 400, "'hopp' is unknown")
        self.assertRefused(self.ask("POST", "/recording?model=other", good, CSV), 404, "no model 'other'")


class UnreadRecordingTests(unittest.TestCase):
    def test_who_does_not_read_answers_stops_the_reading(self):
        """The server holds neither the answers nor the body of a client that goes on sending and reads nothing; then it leaves it."""
        body = windows.raw(windows.made(100))
        with harness.Server("--body-timeout", "3s") as server, server.connect(receive_buffer=4096) as connection:
            connection.send(wire.request("POST", "/recording?hop=8", headers=OCTETS | {"Content-Length": str(len(body) * 1000)}))
            before, sent = server.status("VmRSS"), 0
            connection.socket.settimeout(20)
            with self.assertRaises(OSError):
                for sent in range(1000):
                    connection.send(body)
            self.assertLess(sent, 1000)
            wire.eventually(lambda: server.metric("harfunction_connections") == 1, what="the end of the connection")
            wire.eventually(lambda: server.metric("harfunction_requests_in_flight") == 1, what="the end of the recording")
            if not harness.SANITIZED:
                self.assertLess(server.status("VmHWM"), before + 60_000)


if __name__ == "__main__":
    unittest.main()
