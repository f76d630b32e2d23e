"""Clients that ask again and again from threads of their own, and note what became of every request."""

import threading
import time

import wire


class Outcome:
    """What became of a client's request of this number: a `response`, or the error in its place."""

    def __init__(self, label, number, is_first, response=None, error=None):
        self.identifier, self.number, self.is_first, self.end = f"{label}-{number}", number, is_first, time.monotonic()
        self.response, self.error = response, error


class Client(threading.Thread):
    """Sends requests one after the other until it is told to stop or nobody listens any more.

    `make` gives the number of the next request: method, path, body, headers. With `keeps` it stays on its connection as long as the server does.
    """

    def __init__(self, port, make, keeps=True, name="client"):
        super().__init__(daemon=True)
        self.port, self.make, self.keeps, self.label = port, make, keeps, name
        self.stopping = threading.Event()
        self.outcomes = []

    def run(self):
        connection, number = None, 0
        while not self.stopping.is_set():
            number += 1
            is_first = connection is None
            try:
                connection = connection or wire.Connection(self.port)
            except ConnectionRefusedError:
                return
            except OSError as error:
                self.outcomes.append(Outcome(self.label, number, True, error=error))
                continue
            method, path, body, headers = self.make(number)
            try:
                connection.send(wire.request(method, path, body, headers | {"X-Request-Id": f"{self.label}-{number}"}))
                response = connection.response(method)
            except (OSError, wire.Closed) as error:
                self.outcomes.append(Outcome(self.label, number, is_first, error=error))
                connection.close()
                connection = None
                continue
            self.outcomes.append(Outcome(self.label, number, is_first, response))
            if not self.keeps or response.header("connection") == "close":
                connection.close()
                connection = None
        if connection:
            connection.close()

    def stop(self):
        self.stopping.set()
        self.join(60)
        assert not self.is_alive(), "a client waits for ever"


class Crowd:
    """Some clients at once; a context manager that stops them."""

    def __init__(self, clients):
        self.clients = clients

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.stop()

    @property
    def outcomes(self):
        return [outcome for client in self.clients for outcome in list(client.outcomes)]

    def wait_for(self, count, seconds=60):
        """Waits until so many requests have been answered."""
        wire.eventually(lambda: sum(len(client.outcomes) for client in self.clients) >= count, seconds, f"{count} answers")
