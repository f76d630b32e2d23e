"""Clients that say nothing, in thousands."""

import resource
import socket
import unittest

import harness
import windows
import wire

OCTETS = {"Content-Type": "application/octet-stream"}
COUNT = 5000


class SilentConnectionTests(unittest.TestCase):
    def test_thousands_of_silent_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < COUNT + 200:
            self.skipTest(f"{hard} open files are allowed, {COUNT} connections need more")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        body = windows.raw(windows.made(1))
        with harness.Server("--idle-timeout", "60s") as server:
            silent = []
            self.addCleanup(lambda: [connection.close() for connection in silent])
            for number in range(COUNT):
                connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
                # Some have begun a request, some have had an answer.
                if number % 10 == 0:
                    connection.sendall(b"POST /pre")
                silent.append(connection)
            wire.eventually(lambda: server.metric("harfunction_connections") == COUNT + 1, what="all connections")
            for _ in range(50):
                self.assertEqual(server.ask("POST", "/predict", body, OCTETS).status, 200)
            self.assertEqual(server.ask("GET", "/readyz").status, 200)
            resident = server.status("VmRSS")
            print(f"note: {resident // 1024} MB resident with {COUNT} silent connections", flush=True)
            if not harness.SANITIZED:
                self.assertLess(resident, 100_000)
            for connection in silent:
                connection.close()
            silent.clear()
            wire.eventually(lambda: server.metric("harfunction_connections") == 1, what="the end of all connections")
            self.assertEqual(server.ask("POST", "/predict", body, OCTETS).status, 200)

    def test_more_connections_than_files(self):
        """Those that find no file wait or are refused; the server goes on, and answers again when there is room."""
        limit = ["sh", "-c", 'ulimit -n 100; exec "$@"', "sh"]
        with harness.Server(enter=limit) as server:
            silent = []
            for _ in range(300):
                try:
                    silent.append(socket.create_connection(("127.0.0.1", server.port), timeout=1))
                except OSError:
                    break
            self.assertGreater(len(silent), 50)
            for connection in silent:
                connection.close()

            def answers():
                try:
                    return server.ask("GET", "/healthz", timeout=2).status == 200
                except (OSError, wire.Closed):
                    return False

            wire.eventually(answers, 30, "an answer after the crowd")


if __name__ == "__main__":
    unittest.main()
