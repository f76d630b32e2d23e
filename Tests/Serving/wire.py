"""HTTP over a bare socket: a test decides every byte that is sent, and sees every byte that comes back."""

import json
import os
import select
import socket
import time


class Closed(Exception):
    """The server closed the connection before the answer began."""


class Response:
    def __init__(self, version, status, headers, body=b""):
        self.version, self.status, self.headers, self.body = version, status, headers, body

    def header(self, name):
        """The value of a field, or None; a field that comes twice is an error of the server."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} comes {len(values)} times"
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json()["error"]

    def __repr__(self):
        return f"<{self.version} {self.status} {self.headers} {self.body[:300]!r}>"


def request(method, path, body=None, headers=(), version="1.1", host="localhost"):
    """The bytes of a request; `headers` may name any field, also those that are filled in otherwise."""
    fields = list(headers.items() if isinstance(headers, dict) else headers)
    names = {name.lower() for name, _ in fields}
    if "host" not in names:
        fields.insert(0, ("Host", host))
    if body is not None and not names & {"content-length", "transfer-encoding"}:
        fields.append(("Content-Length", str(len(body))))
    head = f"{method} {path} HTTP/{version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    return head.encode("latin-1") + (body or b"")


def chunk(data):
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def chunked(pieces):
    return b"".join(map(chunk, pieces)) + b"0\r\n\r\n"


class Connection:
    """A connection to the server, with the answers on it in their order."""

    def __init__(self, port, timeout=30, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(("127.0.0.1", port))
        except OSError:
            self.socket.close()
            raise
        # Two small writes of a test are two segments, not one that waits for an acknowledgement.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def ask(self, method, path, body=None, headers=(), version="1.1"):
        self.send(request(method, path, body, headers, version))
        return self.response(method)

    def _more(self):
        """Waits for more bytes; False at the end of the connection."""
        data = self.socket.recv(1 << 16)
        self.buffer += data
        return bool(data)

    def line(self):
        while b"\r\n" not in self.buffer:
            if not self._more():
                raise Closed(f"after {self.buffer[:200]!r}")
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def exactly(self, count):
        while len(self.buffer) < count:
            if not self._more():
                raise Closed(f"{count - len(self.buffer)} bytes before the end of a body")
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def head(self):
        version, status, _ = self.line().decode("latin-1").split(" ", 2)
        headers = []
        while line := self.line():
            name, value = line.decode("latin-1").split(":", 1)
            headers.append((name, value.strip()))
        return Response(version, int(status), headers)

    def pieces(self, response):
        """The pieces of a chunked body, as they come."""
        assert response.header("transfer-encoding") == "chunked", response
        while length := int(self.line(), 16):
            yield self.exactly(length)
            assert self.line() == b""
        assert self.line() == b""

    def has_bytes(self, within):
        """Whether the server sends something, or ends the connection, within so many seconds."""
        return bool(self.buffer or select.select([self.socket], [], [], within)[0])

    def response(self, method="GET"):
        """The next answer with its body, as the protocol says where it ends."""
        response = self.head()
        if method == "HEAD" or response.status < 200 or response.status in (204, 304):
            return response
        length = response.header("content-length")
        if response.header("transfer-encoding"):
            response.body = b"".join(self.pieces(response))
        elif length is not None:
            response.body = self.exactly(int(length))
        else:
            while self._more():
                pass
            response.body, self.buffer = self.buffer, b""
        return response

    def is_closed(self, within=10):
        """Whether the server ends the connection within so many seconds; what else it sends is a failure."""
        self.socket.settimeout(within)
        try:
            return not self.buffer and self.socket.recv(1 << 16) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False


def ask(port, method, path, body=None, headers=(), timeout=30):
    """A request on a connection of its own."""
    with Connection(port, timeout) as connection:
        return connection.ask(method, path, body, headers)


# Such a build has memory and time of its own: what others may take says nothing of it.
SANITIZED = "ASAN_OPTIONS" in os.environ or "TSAN_OPTIONS" in os.environ


def eventually(condition, seconds=20, what="the condition"):
    """Waits until a condition holds, and gives its value."""
    seconds *= 6 if SANITIZED else 1
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds} s")
