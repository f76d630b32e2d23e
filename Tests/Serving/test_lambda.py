"""AWS Lambda's runtime interface, played by four endpoints on loopback."""

import base64
import hashlib
import http.server
import json
import pathlib
import queue
import subprocess
import threading
import unittest

import numpy

import checkpoints
import harness
import windows

RUNTIME = "/2018-06-01/runtime"


class Interface:
    """Hands events to a function, and takes what it posts."""

    def __init__(self):
        self.events, self.posts = queue.Queue(), queue.Queue()
        interface = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # One segment an answer, not two with a delayed acknowledgement between them.
            wbufsize = -1

            def do_GET(self):
                if self.path != f"{RUNTIME}/invocation/next":
                    return self.answer(404, b"{}")
                event = interface.events.get()
                if event is None:
                    # Lambda ends a function by ending the process; here the interface goes first.
                    self.close_connection = True
                    return None
                number, body = event
                return self.answer(200, body, {"Lambda-Runtime-Aws-Request-Id": f"id-{number}", "Lambda-Runtime-Deadline-Ms": "0", "Lambda-Runtime-Trace-Id": f"Root=1-{number}"})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                interface.posts.put((self.path, dict(self.headers), body))
                self.answer(202, b'{"status":"OK"}')

            def answer(self, status, body, headers=None):
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body)), "Content-Type": "application/json"} | (headers or {})).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Nothing: what is wrong is seen by the test."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.count = 0
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_address[1]}"

    def invoke(self, body):
        """Has the function answer an event; gives the kind of its answer, its header and body."""
        self.count += 1
        self.events.put((self.count, body if isinstance(body, bytes) else json.dumps(body).encode()))
        path, headers, answer = self.posts.get(timeout=30)
        start = f"{RUNTIME}/invocation/id-{self.count}/"
        assert path.startswith(start), path
        return path.removeprefix(start), headers, answer

    def close(self):
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()


class LambdaTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.interface = Interface()
        cls.function = harness.Server(env={"AWS_LAMBDA_RUNTIME_API": cls.interface.address}, listens=False)
        cls.addClassCleanup(cls.end)
        cls.windows = windows.made(2)
        cls.expected = windows.predict(checkpoints.CNN, windows.raw(cls.windows))

    @classmethod
    def end(cls):
        cls.interface.close()
        cls.function.kill()

    def setUp(self):
        self.addCleanup(lambda: self.assertTrue(self.function.is_running, self.function.other_lines))

    def http(self, event):
        """The answer to an event of HTTP, its body decoded."""
        kind, _, body = self.interface.invoke(event)
        self.assertEqual(kind, "response", body)
        answer = json.loads(body)
        self.assertEqual(set(answer), {"statusCode", "headers", "isBase64Encoded", "body"})
        data = base64.b64decode(answer["body"], validate=True) if answer["isBase64Encoded"] else answer["body"].encode()
        return answer["statusCode"], {name.lower(): value for name, value in answer["headers"].items()}, data

    def url(self, body=b"", path="/", method="POST", query=None, encoded=False, **headers):
        """An event as a function URL and API Gateway's HTTP API send it (version 2)."""
        text = base64.b64encode(body).decode() if encoded else body.decode()
        return {
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": {name.replace("_", "-"): value for name, value in headers.items()},
            "queryStringParameters": query, "requestContext": {"http": {"method": method, "path": path}}, "body": text, "isBase64Encoded": encoded,
        }

    def gateway(self, body=b"", path="/", query=None, encoded=False, **headers):
        """An event as API Gateway's REST API sends it (version 1)."""
        text = base64.b64encode(body).decode() if encoded else body.decode()
        return {
            "resource": "/{proxy+}", "path": path, "httpMethod": "POST", "headers": {name.replace("_", "-").title(): value for name, value in headers.items()},
            "multiValueHeaders": {}, "queryStringParameters": query, "requestContext": {}, "body": text, "isBase64Encoded": encoded,
        }

    def test_plain_json(self):
        kind, headers, body = self.interface.invoke(windows.as_json(self.windows))
        self.assertEqual((kind, headers["Content-Type"]), ("response", "application/json"))
        self.assertEqual(windows.answers(body), self.expected)
        entry = self.function.logged("invocation", request_id=f"id-{self.interface.count}")
        self.assertEqual(entry["trace_id"], f"Root=1-{self.interface.count}")

    def test_plain_json_that_is_wrong(self):
        for event in (b"{}", b"{", b'{"window":[]}', b"null", b"[1]", b'{"window":[[NaN]]}', b""):
            with self.subTest(event):
                kind, headers, body = self.interface.invoke(event)
                self.assertEqual(kind, "error")
                self.assertEqual(headers["Lambda-Runtime-Function-Error-Type"], "Function.BadInput")
                answer = json.loads(body)
                self.assertEqual(answer["errorType"], "Function.BadInput")
                self.assertTrue(answer["errorMessage"])

    def test_events_of_http(self):
        for make in (self.url, self.gateway):
            with self.subTest(make.__name__):
                status, headers, body = self.http(make(windows.as_json(self.windows), content_type="application/json"))
                self.assertEqual((status, headers["content-type"]), (200, "application/json"))
                self.assertEqual(windows.answers(body), self.expected)
                status, _, body = self.http(make(windows.csv(self.windows), "/predict", content_type="text/csv"))
                self.assertEqual(windows.answers(body), self.expected)
                status, _, body = self.http(make(windows.csv(self.windows), "/", encoded=True, content_type="text/csv"))
                self.assertEqual(windows.answers(body), self.expected)

    def test_binary_bodies(self):
        for make in (self.url, self.gateway):
            event = make(windows.raw(self.windows), encoded=True, content_type="application/octet-stream", accept="application/octet-stream")
            status, headers, body = self.http(event)
            self.assertEqual((status, headers["content-type"]), (200, "application/octet-stream"))
            self.assertEqual(body, windows.probabilities(self.expected).tobytes())

    def test_the_protocol(self):
        value = {"inputs": [{"name": "windows", "datatype": "FP32", "shape": [2, 128, 9], "data": windows.nested(self.windows.ravel())}]}
        version = hashlib.sha256(pathlib.Path(checkpoints.CNN).read_bytes()).hexdigest()[:16]
        for path in ("/v2/models/har/infer", f"/v2/models/har/versions/{version}/infer"):
            status, _, body = self.http(self.url(json.dumps(value).encode(), path, content_type="application/json"))
            self.assertEqual(status, 200, body)
            outputs = json.loads(body)["outputs"]
            self.assertEqual(numpy.array(outputs[0]["data"], "f4").tobytes(), windows.probabilities(self.expected).tobytes())

    def test_refusals_of_http_are_answers_with_a_status(self):
        good = windows.csv(self.windows)
        for make in (self.url, self.gateway):
            for status, event, words in (
                (400, make(b"{}", content_type="application/json"), "no field"),
                (400, make(b""), "the body is empty"),
                (400, make(b"1,2,3\n", content_type="text/csv"), "line 1"),
                (415, make(b"1", content_type="image/png"), "image/png"),
                (406, make(good, content_type="text/csv", accept="image/png"), "image/png"),
                (404, make(good, "/nowhere"), "/nowhere"),
                (404, make(good, query={"model": "other"}), "no model 'other'"),
                (400, make(good, query={"modle": "har"}), "'modle'"),
                (400, make(b"not base64") | {"isBase64Encoded": True}, "Base64"),
                (400, make(b"QUJ=QUJD") | {"isBase64Encoded": True}, "Base64"),
            ):
                with self.subTest(f"{make.__name__} {words}"):
                    found, headers, body = self.http(event)
                    self.assertEqual(found, status, body)
                    self.assertIn(words, json.loads(body)["error"])

    def test_odd_events(self):
        for event in (
            self.url() | {"body": None}, self.url() | {"headers": None}, self.url() | {"headers": {"a": 5}}, self.url() | {"queryStringParameters": "x"},
            self.gateway() | {"path": None}, {"rawPath": 5}, {"httpMethod": "GET"}, self.url() | {"body": 5}, self.url() | {"isBase64Encoded": "yes"},
        ):
            kind, _, body = self.interface.invoke(event)
            self.assertTrue(kind == "error" or json.loads(body)["statusCode"] == 400, body)

    def test_many_events(self):
        event = self.url(windows.csv(self.windows), content_type="text/csv")
        for _ in range(300):
            self.assertEqual(windows.answers(self.http(event)[2]), self.expected)


class StartTests(unittest.TestCase):
    def test_a_model_that_cannot_be_loaded_is_told(self):
        interface = Interface()
        self.addCleanup(interface.close)
        code, lines = harness.failure(weights="/nonexistent/weights.safetensors", env={"AWS_LAMBDA_RUNTIME_API": interface.address})
        self.assertEqual(code, 1)
        self.assertIn("/nonexistent/weights.safetensors", lines[-1])
        path, headers, body = interface.posts.get(timeout=10)
        self.assertEqual(path, f"{RUNTIME}/init/error")
        self.assertEqual(headers["Lambda-Runtime-Function-Error-Type"], "Runtime.InitError")
        self.assertEqual(json.loads(body)["errorType"], "Runtime.InitError")
        self.assertIn("/nonexistent/weights.safetensors", json.loads(body)["errorMessage"])

    def test_no_interface(self):
        for address in ("nowhere", "127.0.0.1:0", f"127.0.0.1:{harness.free_port()}"):
            code, lines = harness.failure(env={"AWS_LAMBDA_RUNTIME_API": address})
            self.assertEqual(code, 1)
            self.assertEqual((len(lines), lines[0][:7]), (1, "error: "), lines)

    def test_the_end_of_the_interface_is_the_end(self):
        interface = Interface()
        with harness.Server(env={"AWS_LAMBDA_RUNTIME_API": interface.address}, listens=False) as function:
            interface.invoke(windows.as_json(windows.made(1)))
            interface.close()
            self.assertEqual(function.wait(), 0)


class BootstrapTests(unittest.TestCase):
    def test_the_binary_as_bootstrap_with_settings_of_the_environment(self):
        interface = Interface()
        self.addCleanup(interface.close)
        place = harness.folder(self) / "bootstrap"
        place.symlink_to(harness.BINARY)
        env = harness.environment({"AWS_LAMBDA_RUNTIME_API": interface.address, "HARFUNCTION_WEIGHTS": str(checkpoints.LSTM), "LAMBDA_TASK_ROOT": "/var/task"})
        data = windows.made(1)
        with subprocess.Popen([place], env=env, stderr=subprocess.DEVNULL, preexec_fn=harness.end_with_parent) as process:
            _, _, body = interface.invoke(windows.as_json(data))
            self.assertEqual(windows.answers(body), windows.predict(checkpoints.LSTM, windows.raw(data)))
            process.kill()


if __name__ == "__main__":
    unittest.main()
