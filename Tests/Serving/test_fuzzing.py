"""Malformed bodies from a seeded fuzzer: no crash, no answer of 5xx, and memory that does not grow."""

import json
import os
import random
import unittest

import harness
import windows
import wire

COUNT = 10_000 if harness.THOROUGH else 1500
SEED = int(os.environ.get("SERVING_SEED", "14"))

# What parsers stumble over.
BYTES = [
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\r\n\r\n", b"\n" * 50, b",", b";", b"\t", b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b"{", b"}", b"[", b"]",
    b"[" * 100, b'{"a":' * 100, b"NaN", b"Infinity", b"-", b"+", b".", b"e", b"1e999", b"-1e-999", b"0x10", b"1e39", b"3.4028236e38", b"1.17549435e-38", b"00", b"-0",
    b"9" * 400, b"0." + b"1" * 400, b"99999999999999999999", b"-9223372036854775808", b"2147483648", b"null", b"true", b'"windows":', b'"data":', b'"shape":[1,128,9],',
    b"\xc3\x28", b"\xe2\x82", b"\xf0\x9f\x98\x80", b"--boundary", b"--boundary--", b"Content-Disposition: form-data; name=", b"\x7f\xf8\0\0", b"\0\0\x80\x7f", b"\xff\xff\xff\x7f",
]


def seeds():
    """Right requests: path, header fields and body."""
    one, two = windows.made(1), windows.made(2)
    form = b'--boundary\r\nContent-Disposition: form-data; name="recording"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n' + windows.csv(one) + b"\r\n--boundary--\r\n"
    tensor = {"name": "windows", "datatype": "FP32", "shape": [2, 128, 9]}
    text = json.dumps({"id": "7", "inputs": [tensor | {"parameters": {"binary_data_size": 9216}}], "outputs": [{"name": "label", "parameters": {"binary_data": True}}]}).encode()
    octets = {"Content-Type": "application/octet-stream"}
    return [
        ("/predict", {"Content-Type": "application/json"}, windows.as_json(one[0], "window")),
        ("/", {}, windows.as_json(two)),
        ("/predict", {"Content-Type": "text/csv"}, windows.csv(one)),
        ("/predict", {"Content-Type": "text/csv"}, windows.csv(one, ";", ",", header=windows.CHANNELS)),
        ("/predict", octets, windows.raw(two)),
        ("/v2/models/har/infer", {}, json.dumps({"inputs": [tensor | {"shape": [1, 128, 9], "data": windows.nested(one.ravel())}], "outputs": [{"name": "name"}]}).encode()),
        ("/v2/models/har/infer", octets | {"Inference-Header-Content-Length": str(len(text))}, text + windows.raw(two)),
        ("/", {"Content-Type": "multipart/form-data; boundary=boundary"}, form),
        ("/v2/specialize", {}, b'{"filepath":"/nonexistent","functionName":"har","envVersion":2}'),
        ("/recording?hop=64", {"Content-Type": "text/csv"}, windows.csv(two)),
        ("/recording", octets, windows.raw(two)),
    ]


def mutate(source, body):
    """The body with a few things changed, most of them small: a parser gets far before it finds them."""
    data = bytearray(body)
    for _ in range(source.choice([1, 1, 1, 2, 3, 8])):
        place = source.randrange(len(data) + 1)
        match source.randrange(8):
            case 0:
                data[place:place] = source.choice(BYTES)
            case 1:
                data[place : place + source.randint(1, 40)] = source.choice(BYTES)
            case 2:
                del data[place : place + source.choice([1, 1, 4, 36, 1000])]
            case 3:
                if place < len(data):
                    data[place] ^= 1 << source.randrange(8)
            case 4:
                del data[place:]
            case 5:
                part = data[place : place + source.randint(1, 2000)]
                other = source.randrange(len(data) + 1)
                data[other:other] = part
            case 6:
                data[place:place] = source.randbytes(source.randint(1, 20))
            case 7:
                first, second = sorted(source.randrange(len(data) + 1) for _ in range(2))
                data[first:second] = reversed(data[first:second][:200])
    return bytes(data)


class BodyTests(unittest.TestCase):
    def test_malformed_bodies(self):
        source, right = random.Random(SEED), seeds()
        statuses, sizes = {}, []
        with harness.Server("--log-level", "error", "--body-limit", "1MiB", port=(port := harness.free_port()), listens=False) as server:
            server.port = port
            wire.eventually(lambda: listens(server), what="an answer")
            for path, headers, body in right:
                expected = 400 if "specialize" in path else 200
                self.assertEqual(server.ask("POST", path, body, headers).status, expected, path)
            connection = server.connect()
            for number in range(COUNT):
                path, headers, body = source.choice(right)
                body = mutate(source, body)
                fields = dict(headers)
                if source.random() < 0.05:
                    fields["Content-Type"] = source.choice(["", ";", "application/json;", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"", "a" * 5000])
                if source.random() < 0.05 and "Inference-Header-Content-Length" in fields:
                    fields["Inference-Header-Content-Length"] = source.choice(["0", "-1", "10", "99999999", "", "x"])
                if source.random() < 0.3:
                    pieces = [body[start : start + 5000] for start in range(0, len(body), 5000)]
                    data = wire.request("POST", path, headers=fields | {"Transfer-Encoding": "chunked"}) + wire.chunked(pieces)
                else:
                    data = wire.request("POST", path, body, fields)
                try:
                    connection.send(data)
                    answer = connection.response()
                except (OSError, wire.Closed) as error:
                    self.assertTrue(server.is_running, f"body {number} of seed {SEED} ended the server: {path} {fields} {body!r}"[:20_000])
                    self.fail(f"body {number} of seed {SEED} has no answer ({error!r}): {path} {fields} {body[:2000]!r}")
                statuses[answer.status] = statuses.get(answer.status, 0) + 1
                self.assertIn(answer.status // 100, (2, 4), f"body {number} of seed {SEED}: {answer} {path} {fields} {body[:2000]!r}")
                if answer.header("connection") == "close":
                    connection.close()
                    connection = server.connect()
                if number % 100 == 0:
                    sizes.append(server.status("VmRSS"))
            connection.close()
            self.assertEqual(server.metric("harfunction_requests_in_flight"), 1)
            self.assertEqual([entry["message"] for entry in server.log], [])
        # The fuzzer must reach both what is refused and what still has an answer.
        self.assertGreater(statuses.get(200, 0), COUNT // 100)
        self.assertGreater(statuses.get(400, 0), COUNT // 3)
        middle, end = max(sizes[: len(sizes) // 2]), sizes[-1]
        print(f"note: {COUNT} bodies, answers {dict(sorted(statuses.items()))}, {middle} kB resident half way, {end} at the end", flush=True)
        if not harness.SANITIZED:
            self.assertLess(end, middle + 6_000)


class HeadTests(harness.ServerTests):
    def test_malformed_heads(self):
        """Whatever stands where a request should: an answer of 4xx or 5xx that HTTP has for it, or the end of the connection."""
        source = random.Random(SEED)
        right = [
            wire.request("POST", "/predict", b"12345", {"Content-Type": "text/csv", "Accept": "text/plain", "traceparent": "00-1-2-3"}),
            wire.request("GET", "/v2/models/har/versions/1?x=%41&y", headers={"Authorization": "Bearer x", "X-Call-Id": "y"}),
            wire.request("POST", "/recording?hop=%31", headers={"Transfer-Encoding": "chunked", "Expect": "100-continue"}) + wire.chunked([b"1,2,3\n"]),
        ]
        for number in range(COUNT // 5):
            data = mutate(source, source.choice(right))
            with self.server.connect() as connection:
                connection.send(data)
                connection.socket.shutdown(1)
                try:
                    while True:
                        answer = connection.response()
                        self.assertIn(answer.status, (100, 200, 400, 401, 404, 405, 406, 408, 413, 415, 417, 431, 501, 505), f"{number} of seed {SEED}: {answer} {data!r}")
                except (wire.Closed, ConnectionError):
                    pass
            self.assertTrue(self.server.is_running, f"{number} of seed {SEED} ended the server: {data!r}")
        wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 1, what="the end of all requests")
        wire.eventually(lambda: self.server.metric("harfunction_connections") == 1, what="the end of all connections")
        self.assertEqual(self.server.entries("a request failed"), [])


class CostTests(harness.ServerTests):
    """Bodies that are made to be slow or large for a parser: none takes as long as its deadline here."""

    def test_bodies_made_to_be_slow(self):
        size = 16_000_000
        dashes = "-" * 69
        cases = {
            "a boundary that nearly stands everywhere": ("/", {"Content-Type": f"multipart/form-data; boundary={dashes}x"}, b"-" * size),
            "line ends": ("/", {"Content-Type": "multipart/form-data; boundary=x"}, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"\r\n" * (size // 2)),
            "brackets": ("/predict", {"Content-Type": "application/json"}, b'{"window":' + b"[" * size),
            "empty arrays": ("/predict", {"Content-Type": "application/json"}, b'{"windows":[' + b"[]," * (size // 3)),
            "numbers": ("/predict", {"Content-Type": "application/json"}, b'{"window":[' + b"1," * (size // 2)),
            "a long number": ("/predict", {"Content-Type": "application/json"}, b'{"window":[[' + b"1" * size),
            "a long key": ("/predict", {"Content-Type": "application/json"}, b'{"' + b"\\u0041" * (size // 6) + b'":1}'),
            "blanks": ("/predict", {"Content-Type": "application/json"}, b" " * size),
            "empty lines": ("/predict", {"Content-Type": "text/csv"}, b"\n" * size),
            "a long line": ("/predict", {"Content-Type": "text/csv"}, b"1," * (size // 2)),
            "outputs": ("/v2/models/har/infer", {}, b'{"outputs":[' + b'{"name":"label"},' * (size // 18) + b'{"name":"label"}]}'),
            "a deep tree": ("/v2/models/har/infer", {}, b'{"parameters":' + b"[" * size),
            "a wide tree": ("/v2/models/har/infer", {}, b'{"parameters":[' + b"[]," * (size // 3)),
        }
        for name, (path, headers, body) in cases.items():
            with self.subTest(name):
                clock = harness.Clock()
                answer = self.ask("POST", path, body, headers, timeout=120)
                self.assertEqual(answer.status, 400, answer)
                # A second or so where it is parsed once; minutes where the time grows with the square.
                self.assertLess(clock.seconds, 20)
        self.assertLess(self.server.status("VmHWM"), 1_500_000)


def listens(server):
    try:
        return server.ask("GET", "/healthz").status == 200
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main()
