"""The rules of HTTP/1, as clients, gateways and attackers try them."""

import contextlib
import socket
import time
import unittest

import checkpoints
import harness
import windows
import wire

OCTETS = {"Content-Type": "application/octet-stream"}
BODY = windows.raw(windows.made(1))


class ConnectionTests(harness.ServerTests):
    arguments = ("--body-limit", "0.1MiB")

    def test_a_connection_is_kept(self):
        with self.server.connect() as connection:
            for _ in range(5):
                answer = connection.ask("POST", "/predict", BODY, OCTETS)
                self.assertEqual((answer.status, answer.version), (200, "HTTP/1.1"))
                self.assertIsNone(answer.header("connection"))
            # After an error whose body has been read, too.
            for method, path, status in (("POST", "/nowhere", 404), ("PUT", "/predict", 405), ("POST", "/predict?x=1", 400)):
                self.assertEqual(connection.ask(method, path, b"12345", OCTETS).status, status)
            self.assertEqual(connection.ask("POST", "/predict", BODY, OCTETS).status, 200)

    def test_connection_close_in_any_spelling(self):
        for value in ("close", "Close", "CLOSE", "close, TE", "foo, Close"):
            with self.subTest(value), self.server.connect() as connection:
                answer = connection.ask("POST", "/predict", BODY, OCTETS | {"Connection": value})
                self.assertEqual((answer.status, answer.header("connection")), (200, "close"))
                self.assertTrue(connection.is_closed())

    def test_http_1_0(self):
        with self.server.connect() as connection:
            answer = connection.ask("POST", "/predict", BODY, OCTETS, version="1.0")
            self.assertEqual(answer.status, 200)
            self.assertIsNone(answer.header("transfer-encoding"))
            self.assertTrue(connection.is_closed())
        for value in ("keep-alive", "Keep-Alive"):
            with self.server.connect() as connection:
                for _ in range(3):
                    answer = connection.ask("POST", "/predict", BODY, OCTETS | {"Connection": value}, version="1.0")
                    self.assertEqual((answer.status, answer.header("connection").lower()), (200, "keep-alive"))

    def test_http_1_0_takes_a_recording_to_the_end_of_the_connection(self):
        with self.server.connect() as connection:
            headers = {"Content-Type": "text/csv", "Connection": "keep-alive"}
            answer = connection.ask("POST", "/recording", windows.csv(windows.made(3)), headers, version="1.0")
            self.assertEqual(answer.status, 200)
            self.assertIsNone(answer.header("transfer-encoding"))
            self.assertEqual(answer.header("connection"), "close")
            self.assertEqual(len(answer.body.splitlines()), 4)

    def test_head(self):
        with self.server.connect() as connection:
            for path, status in (("/healthz", 200), ("/models", 200), ("/", 200), ("/predict", 405), ("/nowhere", 404), ("/metrics", 200), ("/v2/models/har", 200)):
                connection.send(wire.request("HEAD", path))
                answer = connection.response("HEAD")
                self.assertEqual(answer.status, status, path)
                self.assertGreater(int(answer.header("content-length")), 0)
                # A body here would be taken for the next answer.
                self.assertEqual(connection.buffer, b"", path)
            self.assertEqual(connection.ask("GET", "/healthz").body, b"ok\n")

    def test_pipelined_requests_are_answered_in_their_order(self):
        bodies = [windows.raw(window[None]) for window in windows.made(20)]
        headers = OCTETS | {"Accept": "application/octet-stream"}
        expected = [windows.probabilities([answer]).tobytes() for answer in windows.predict(checkpoints.CNN, b"".join(bodies))]
        with self.server.connect() as connection:
            connection.send(b"".join(wire.request("POST", "/predict", body, headers) for body in bodies))
            self.assertEqual([connection.response().body for _ in bodies], expected)

    def test_pipelined_errors_keep_their_place(self):
        with self.server.connect() as connection:
            connection.send(
                wire.request("POST", "/predict", BODY, OCTETS) + wire.request("POST", "/nowhere", b"123") + wire.request("HEAD", "/healthz")
                + wire.request("POST", "/predict", b"1", OCTETS) + wire.request("GET", "/healthz")
            )
            self.assertEqual([connection.response(method).status for method in ("", "", "HEAD", "", "")], [200, 404, 200, 400, 200])

    def test_a_request_in_small_pieces(self):
        with self.server.connect() as connection:
            for piece in wire.request("POST", "/predict", BODY[:4608], OCTETS)[:200]:
                connection.send(bytes([piece]))
            connection.send(wire.request("POST", "/predict", BODY, OCTETS)[200:])
            self.assertEqual(connection.response().status, 200)

    def test_chunked_bodies(self):
        for size in (1, 7, 1000, 5000):
            pieces = [BODY[start : start + size] for start in range(0, len(BODY), size)]
            with self.subTest(size), self.server.connect() as connection:
                for _ in range(2):
                    connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Transfer-Encoding": "chunked"}) + wire.chunked(pieces))
                    self.assertEqual(connection.response().status, 200)
        with self.server.connect() as connection:
            # Extensions and trailers are allowed.
            text = b"1200;x=y\r\n" + BODY + b"\r\n0\r\nX-Trailer: 1\r\n\r\n"
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Transfer-Encoding": "Chunked"}) + text)
            self.assertEqual(connection.response().status, 200)
            self.assertEqual(connection.ask("GET", "/healthz").status, 200)

    def test_100_continue(self):
        for value in ("100-continue", "100-Continue"):
            with self.subTest(value), self.server.connect() as connection:
                connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Expect": value, "Content-Length": str(len(BODY))}))
                go = connection.head()
                self.assertEqual((go.status, go.headers), (100, []))
                connection.send(BODY)
                self.assertEqual(connection.response().status, 200)
                self.assertEqual(connection.ask("POST", "/predict", BODY, OCTETS).status, 200)

    def test_100_continue_is_not_sent_for_a_body_that_is_too_large(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Expect": "100-continue", "Content-Length": "104858"}))
            answer = connection.response()
            self.assertRefused(answer, 413, "104857")
            self.assertTrue(connection.is_closed())

    def test_100_continue_is_sent_for_a_recording_of_any_length(self):
        with self.server.connect() as connection:
            body = windows.csv(windows.made(20))
            self.assertGreater(len(body), 104_857)
            headers = {"Content-Type": "text/csv", "Expect": "100-continue", "Content-Length": str(len(body))}
            connection.send(wire.request("POST", "/recording", headers=headers))
            self.assertEqual(connection.head().status, 100)
            connection.send(body)
            self.assertEqual(connection.response().status, 200)

    def test_100_continue_is_nothing_for_http_1_0(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", BODY, OCTETS | {"Expect": "100-continue"}, version="1.0"))
            self.assertEqual(connection.response().status, 200)

    def test_other_expectations(self):
        answer = self.ask("POST", "/predict", BODY, OCTETS | {"Expect": "200-ok"})
        self.assertRefused(answer, 417, "200-ok")

    def test_a_body_above_the_limit(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": "104858"}) + bytes(50_000))
            answer = connection.response()
            self.assertRefused(answer, 413, "104857", "/recording")
            self.assertEqual(answer.header("connection"), "close")
            self.assertTrue(connection.is_closed())
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Transfer-Encoding": "chunked"}) + wire.chunk(bytes(60_000)) * 2)
            self.assertRefused(connection.response(), 413)
            self.assertTrue(connection.is_closed())
        self.assertRefused(self.ask("POST", "/predict", bytes(104_857), OCTETS), 400)
        self.assertRefused(self.ask("POST", "/v2/models/har/infer", bytes(104_858)), 413)
        self.assertRefused(self.ask("POST", "/v2/specialize", bytes(104_858)), 413)

    def test_a_huge_body_is_not_read(self):
        """The answer comes at once; then the server takes bytes for a moment, so that the client reads it, and not to their end."""
        megabyte, length, sent = bytes(1 << 20), 1 << 36, 0
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": str(length)}))
            self.assertRefused(connection.response(), 413)
            clock = harness.Clock()
            with contextlib.suppress(OSError):
                while clock.seconds < 20:
                    sent += connection.socket.send(megabyte)
        self.assertLess(clock.seconds, 20)
        self.assertLess(sent, length)

    def test_a_client_that_sends_all_before_it_reads_gets_the_413(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", bytes(1_500_000), OCTETS))
            self.assertRefused(connection.response(), 413)

    def test_what_is_no_http(self):
        head = b"POST /predict HTTP/1.1\r\nHost: a\r\n"
        cases = {
            "no request": b"hello\r\n\r\n",
            "bytes": bytes(range(128, 250)) + b"\r\n\r\n",
            "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
            "two lengths": head + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
            "length and chunks": head + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "a length that is no number": head + b"Content-Length: five\r\n\r\n12345",
            "a negative length": head + b"Content-Length: -5\r\n\r\n12345",
            "a length beyond all numbers": head + b"Content-Length: 99999999999999999999999\r\n\r\n12345",
            "chunks without a number": head + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n12345\r\n0\r\n\r\n",
            "chunks longer than they say": head + b"Transfer-Encoding: chunked\r\n\r\n3\r\n12345\r\n0\r\n\r\n",
            "a chunk beyond all numbers": head + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "an unknown encoding": head + b"Transfer-Encoding: gzip\r\n\r\n12345",
            "a blank before the colon": head + b"Content-Length : 5\r\n\r\n12345",
            "a control character in a field": head + b"X-A: a\x00b\r\n\r\n",
            "a version from the future": b"GET / HTTP/9.9\r\n\r\n",
            "an unknown method": b"BREW /predict HTTP/1.1\r\nHost: a\r\n\r\n",
        }
        for name, data in cases.items():
            with self.subTest(name), self.server.connect() as connection:
                connection.send(data)
                answer = connection.response()
                self.assertIn(answer.status, (400, 501, 505), answer)
                self.assertEqual(answer.header("connection"), "close")
                self.assertIn("error", answer.json())
                self.assertTrue(connection.is_closed())
        self.assertGreaterEqual(self.server.metric("harfunction_requests_total", route="none", method="none", status="400"), 10)

    def test_headers_above_the_limit(self):
        for fields in ([("X-Long", "a" * 40_000)], [(f"X-{number}", "a" * 400) for number in range(99)], [(f"X-{number}", "a") for number in range(200)]):
            with self.subTest(len(fields)):
                self.assertRefused(self.ask("GET", "/healthz", headers=fields), 431)
        self.assertRefused(self.ask("GET", "/" + "a" * 40_000), 431)
        self.assertEqual(self.ask("GET", "/healthz", headers=[("X-Long", "a" * 20_000)]).status, 200)

    def test_a_length_that_lies(self):
        # Too short: what is left over is no request.
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": "4608"}) + BODY + b"surplus\r\n\r\n")
            self.assertEqual(connection.response().status, 200)
            self.assertEqual(connection.response().status, 400)
            self.assertTrue(connection.is_closed())
        # Too long, and then the end of what the client sends.
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": "5000"}) + BODY)
            connection.socket.shutdown(socket.SHUT_WR)
            with contextlib.suppress(wire.Closed):
                self.assertEqual(connection.response().status, 400)
            self.assertTrue(connection.is_closed())
        wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 1, what="the end of the request")

    def test_garbage_behind_whole_requests_takes_no_answer_away(self):
        for count in (1, 2, 5):
            with self.subTest(count), self.server.connect() as connection:
                connection.send(wire.request("POST", "/predict", BODY, OCTETS) * count + b"surplus\r\n\r\n")
                self.assertEqual([connection.response().status for _ in range(count + 1)], [200] * count + [400])
                self.assertTrue(connection.is_closed())

    def test_a_client_that_sends_all_and_closes_its_side_is_answered(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", BODY, OCTETS))
            connection.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(connection.response().status, 200)

    def test_a_client_that_leaves_is_no_error_of_the_server(self):
        for _ in range(20):
            with self.server.connect() as connection:
                connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": "4608"}) + BODY[:1000])
        wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 1, what="the end of the requests")
        self.assertEqual(self.server.entries("a request failed"), [])
        self.assertIsNone(self.server.metric("harfunction_requests_total", status="500"))

    def test_paths_as_proxies_write_them(self):
        self.assertEqual(self.ask("POST", "/predict/", BODY, OCTETS).status, 200)
        with self.server.connect() as connection:
            connection.send(b"GET http://example.org/healthz HTTP/1.1\r\nHost: example.org\r\n\r\n")
            self.assertEqual(connection.response().status, 200)


class DeadlineTests(unittest.TestCase):
    """Each deadline is short here, and what is measured is that it comes at all."""

    @classmethod
    def setUpClass(cls):
        times = ("--header-timeout", "1s", "--body-timeout", "1.5s", "--idle-timeout", "2s")
        cls.server = harness.Server(*times)
        cls.addClassCleanup(cls.server.__exit__, None)

    def test_a_header_without_end(self):
        for data in (b"P", b"POST /predict HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: "):
            with self.subTest(data), self.server.connect() as connection:
                connection.send(data)
                answer = connection.response()
                self.assertEqual((answer.status, answer.header("connection")), (408, "close"))
                self.assertIn("the header did not end", answer.error)
                self.assertTrue(connection.is_closed())

    def drip(self, connection, data, every=0.2):
        """Sends a byte at a time until the server has had enough; gives its answer and the seconds."""
        clock = harness.Clock()
        for byte in data:
            with contextlib.suppress(OSError):
                connection.send(bytes([byte]))
            if connection.has_bytes(every):
                break
        return connection.response(), clock.seconds

    def test_a_header_a_byte_at_a_time(self):
        with self.server.connect() as connection:
            answer, seconds = self.drip(connection, b"GET /healthz HTTP/1.1\r\nHost: " + b"a" * 200)
            self.assertEqual(answer.status, 408)
            self.assertLess(seconds, 15)

    def test_a_body_a_byte_at_a_time(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": "4608"}))
            answer, seconds = self.drip(connection, BODY[:200])
            self.assertEqual(answer.status, 408)
            self.assertIn("the body did not end", answer.error)
            self.assertLess(seconds, 15)

    def test_a_length_that_is_too_large_waits_no_longer_than_the_body_may_take(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": "4609"}) + BODY)
            answer = connection.response()
            self.assertEqual((answer.status, answer.header("connection")), (408, "close"))
            self.assertTrue(connection.is_closed())
        wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 1, what="the end of the request")

    def test_the_second_request_of_a_connection_has_its_own_deadline(self):
        with self.server.connect() as connection:
            self.assertEqual(connection.ask("GET", "/healthz").status, 200)
            time.sleep(1.2)
            self.assertEqual(connection.ask("GET", "/healthz").status, 200)
            connection.send(b"GET /heal")
            self.assertEqual(connection.response().status, 408)

    def test_half_a_request_behind_a_whole_one_ends(self):
        with self.server.connect() as connection:
            connection.send(wire.request("GET", "/healthz") + b"GET /heal")
            self.assertEqual(connection.response().status, 200)
            with contextlib.suppress(wire.Closed):
                self.assertEqual(connection.response().status, 408)
            self.assertTrue(connection.is_closed())

    def test_a_connection_that_says_nothing_ends(self):
        with self.server.connect() as silent, self.server.connect() as used:
            used.ask("GET", "/healthz")
            self.assertTrue(silent.is_closed(15))
            self.assertTrue(used.is_closed(15))

    def test_a_recording_may_take_as_long_as_its_pauses_are_short(self):
        data = windows.csv(windows.made(1))
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/recording", headers={"Content-Type": "text/csv", "Content-Length": str(8 * len(data))}))
            for _ in range(8):
                connection.send(data)
                time.sleep(0.5)
            answer = connection.response()
            self.assertEqual((answer.status, len(answer.body.splitlines())), (200, 9))

    def test_a_recording_with_a_long_pause_ends(self):
        data = windows.csv(windows.made(1))
        headers = {"Content-Type": "text/csv", "Transfer-Encoding": "chunked"}
        for path in ("/recording", "/recording/", "/recording?hop=64"):
            with self.subTest(path), self.server.connect() as connection:
                connection.send(wire.request("POST", path, headers=headers) + wire.chunk(data[:100]))
                answer = connection.response()
                self.assertEqual(answer.status, 408)
                self.assertIn("nothing came of the body", answer.error)
        # In the middle of its answer it can only end.
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/recording", headers=headers) + wire.chunk(data))
            with self.assertRaises((wire.Closed, ConnectionResetError)):
                connection.response()
        wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 1, what="the end of the recordings")

    def test_a_client_that_does_not_read_is_left(self):
        """It asks for far more than the buffers hold, and takes none of it."""
        with self.server.connect(receive_buffer=4096) as connection:
            connection.socket.settimeout(1)
            request = wire.request("GET", "/metrics")
            with contextlib.suppress(OSError):
                while True:
                    connection.socket.sendall(request * 1000)
            wire.eventually(lambda: self.server.metric("harfunction_connections") == 1, 20, "the end of the connection")
        wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 1, what="the end of the requests")
        if not harness.SANITIZED:
            self.assertLess(self.server.status("VmRSS"), 200_000)


class RequestLimitTests(unittest.TestCase):
    def test_more_requests_than_the_limit(self):
        with harness.Server("--request-limit", "3") as server, contextlib.ExitStack() as stack:
            waiting = [stack.enter_context(server.connect()) for _ in range(3)]
            for connection in waiting:
                connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": "4608"}))
            wire.eventually(lambda: server.metric("harfunction_requests_in_flight") == 4, what="three requests and that for the metrics")
            answer = server.ask("POST", "/predict", BODY, OCTETS)
            self.assertEqual((answer.status, answer.header("retry-after")), (503, "1"))
            self.assertIn("3 requests are being answered", answer.error)
            self.assertEqual(server.ask("GET", "/readyz").status, 200)
            for connection in waiting:
                connection.send(BODY)
                self.assertEqual(connection.response().status, 200)
            self.assertEqual(server.ask("POST", "/predict", BODY, OCTETS).status, 200)


if __name__ == "__main__":
    unittest.main()
