"""The end: SIGTERM under load, with bodies half sent, with connections that say nothing."""

import collections
import json
import signal
import time
import unittest

import checkpoints
import clients
import harness
import windows
import wire

OCTETS = {"Content-Type": "application/octet-stream", "Accept": "application/octet-stream"}
ROUNDS = 50 if harness.THOROUGH else 5
DRAIN = 0.3


class LoadTests(unittest.TestCase):
    def test_no_request_is_lost_whose_head_was_read(self):
        """Keep-alive clients lose nothing at all; new connections only when the listener has closed over those that nobody accepted yet."""
        data = windows.made(4)
        expected = windows.probabilities(windows.predict(checkpoints.CNN, windows.raw(data)))
        bodies = [windows.raw(window) for window in data]

        def make(number):
            return "POST", "/predict", bodies[number % 4], OCTETS

        asked, lost = 0, collections.Counter()
        for number in range(ROUNDS):
            with self.subTest(number), harness.Server("--drain", f"{DRAIN}s", "--grace", "20s") as server:
                names = [(f"keep{index}", True) for index in range(4)] + [(f"new{index}", False) for index in range(4)]
                crowd = clients.Crowd([clients.Client(server.port, make, keeps, name) for name, keeps in names])
                with server.connect() as slow, crowd:
                    crowd.wait_for(300)
                    # Its head is read before the signal, its body comes after the drain.
                    slow.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": "4608"}) + bodies[0][:1000])
                    wire.eventually(lambda: server.metric("harfunction_connections") > 2, what="the connections")
                    time.sleep(0.01 * (number % 5))
                    signalled = time.monotonic()
                    server.terminate()
                    time.sleep(2 * DRAIN)
                    self.assertTrue(server.is_running, f"the server has ended with {server.process.returncode}: {server.other_lines[:20]}")
                    slow.send(bodies[0][1000:])
                    answer = slow.response()
                    self.assertEqual((answer.status, answer.header("connection"), answer.body), (200, "close", expected[0].tobytes()))
                    self.assertEqual(server.wait(), 0)
                asked += len(crowd.outcomes)
                for outcome in crowd.outcomes:
                    if outcome.error is not None:
                        self.assertCouldNotBeAnswered(outcome, server, signalled)
                        lost[type(outcome.error).__name__] += 1
                        continue
                    self.assertEqual((outcome.response.status, outcome.response.body), (200, expected[outcome.number % 4].tobytes()))
        self.assertGreater(asked, 300 * ROUNDS)
        # A client has one request at a time, so it can meet the closing listener once.
        self.assertLessEqual(lost.total(), 8 * ROUNDS)
        kinds = ", ".join(f"{count} {kind}" for kind, count in lost.items()) or "none"
        print(f"note: lost on new connections as the listener closed, of {asked} requests in {ROUNDS} ends: {kinds}", flush=True)

    def assertCouldNotBeAnswered(self, outcome, server, signalled):
        """A lost request was the first of its connection, came when the listener closed, and was never seen by the server."""
        what = f"{outcome.identifier}: {outcome.error!r}"
        self.assertTrue(outcome.is_first, f"on a connection in use, {what}")
        self.assertGreaterEqual(outcome.end, signalled + DRAIN, f"before the end of the drain, {what}")
        self.assertEqual(server.entries("request", request_id=outcome.identifier), [], f"answered and lost, {what}")


class TerminationTests(unittest.TestCase):
    def test_the_drain(self):
        with harness.Server("--drain", "2s", "--grace", "5s") as server, server.connect() as kept:
            body = windows.raw(windows.made(1))
            self.assertEqual(kept.ask("GET", "/readyz").status, 200)
            server.terminate()
            server.logged("draining")
            # A connection of before: its next answer is its last.
            ready = kept.ask("GET", "/readyz")
            self.assertEqual((ready.status, ready.header("connection")), (503, "close"))
            self.assertTrue(kept.is_closed())
            # New ones are taken, each for one request.
            for path, status in (("/_/ready", 503), ("/v2/health/ready", 503), ("/_/health", 200), ("/healthz", 200)):
                answer = server.ask("GET", path)
                self.assertEqual((answer.status, answer.header("connection")), (status, "close"), path)
            self.assertEqual(server.ask("POST", "/predict", body, OCTETS).status, 200)
            self.assertEqual(server.metric("harfunction_ready"), 0)
            self.assertEqual(server.wait(), 0)
            server.logged("ended")

    def test_pipelined_requests_in_the_drain(self):
        """All of them have been read, so all of them are answered."""
        with harness.Server("--drain", "2s", "--grace", "5s") as server, server.connect() as connection:
            server.terminate()
            server.logged("draining")
            connection.send(wire.request("POST", "/predict", windows.raw(windows.made(1)), OCTETS) * 3)
            self.assertEqual([connection.response().status for _ in range(3)], [200, 200, 200])
            self.assertTrue(connection.is_closed())

    def test_half_a_body(self):
        """Its end never comes: the process does not wait longer than it said."""
        with harness.Server("--drain", "0.2s", "--grace", "1s") as server, server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers=OCTETS | {"Content-Length": "4608"}) + bytes(1000))
            wire.eventually(lambda: server.metric("harfunction_requests_in_flight") == 2, what="the request")
            server.terminate()
            self.assertEqual(server.wait(15), 0)

    def test_half_a_header(self):
        with harness.Server("--drain", "0.2s", "--grace", "1s") as server, server.connect() as connection:
            connection.send(b"POST /predict HTTP/1.1\r\nHos")
            server.terminate()
            self.assertEqual(server.wait(15), 0)

    def test_an_answer_that_is_not_read(self):
        with harness.Server("--drain", "0.2s", "--grace", "1s") as server, server.connect(receive_buffer=4096) as connection:
            connection.socket.settimeout(1)
            with self.assertRaises(TimeoutError):
                while True:
                    connection.send(wire.request("GET", "/metrics") * 100)
            server.terminate()
            self.assertEqual(server.wait(15), 0)

    def test_connections_that_say_nothing_are_not_waited_for(self):
        with harness.Server("--drain", "0.2s", "--grace", "60s") as server:
            connections = [self.enterContext(server.connect()) for _ in range(20)]
            for connection in connections[:10]:
                connection.ask("GET", "/healthz")
            server.terminate()
            self.assertEqual(server.wait(20), 0)

    def test_a_recording_goes_on_to_its_end(self):
        data = windows.made(3)
        expected = windows.predict(checkpoints.CNN, windows.raw(data))
        with harness.Server("--drain", "0.2s", "--grace", "30s") as server, server.connect() as connection:
            connection.send(wire.request("POST", "/recording", headers={"Content-Type": "text/csv", "Transfer-Encoding": "chunked"}))
            connection.send(wire.chunk(windows.csv(data[0])))
            head = connection.head()
            pieces = connection.pieces(head)
            next(pieces)
            server.terminate()
            wire.eventually(lambda: not answers(server), what="the end of the listener")
            for window in data[1:]:
                connection.send(wire.chunk(windows.csv(window)))
            connection.send(b"0\r\n\r\n")
            lines = b"".join(pieces).decode().splitlines()
            self.assertTrue(lines[0].endswith(expected[1]) and lines[1].endswith(expected[2]))
            self.assertEqual(json.loads(lines[2]), {"readings": 384, "windows": 3})
            self.assertEqual(server.wait(20), 0)

    def test_a_second_signal_changes_nothing(self):
        with harness.Server("--drain", "1s", "--grace", "5s") as server:
            server.terminate()
            server.logged("draining")
            server.terminate()
            self.assertEqual(server.ask("POST", "/predict", windows.raw(windows.made(1)), OCTETS).status, 200)
            self.assertEqual(server.wait(), 0)

    def test_with_a_watch(self):
        with harness.Server("--drain", "0.2s", "--watch", "0.05s") as server:
            server.terminate()
            self.assertEqual(server.wait(15), 0)

    def test_ctrl_c(self):
        with harness.Server("--drain", "60s") as server, server.connect() as connection:
            connection.ask("GET", "/healthz")
            server.process.send_signal(signal.SIGINT)
            self.assertEqual(server.wait(15), 0)
        self.assertEqual([entry for entry in server.log if entry["level"] in ("error", "critical")], [])


def answers(server):
    """Whether the server takes new connections."""
    try:
        server.ask("GET", "/healthz")
    except (OSError, wire.Closed):
        return False
    return True


if __name__ == "__main__":
    unittest.main()
