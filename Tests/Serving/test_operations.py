"""What machines that watch the server ask: probes, metrics, the log."""

import re
import unittest

from prometheus_client.parser import text_string_to_metric_families

import checkpoints
import harness
import metric_names
import windows
import wire


class ProbeTests(harness.ServerTests):
    def test_probes_answer(self):
        for path in ("/_/health", "/_/ready", "/healthz", "/readyz", "/v2/health/live", "/v2/health/ready"):
            with self.subTest(path):
                self.assertEqual(self.ask("GET", path).status, 200)
                head = self.ask("HEAD", path)
                self.assertEqual((head.status, head.body), (200, b""))

    def test_the_protocol_s_probes_are_json(self):
        self.assertEqual(self.ask("GET", "/v2/health/live").json(), {"live": True})
        self.assertEqual(self.ask("GET", "/v2/health/ready").json(), {"ready": True})

    def test_models(self):
        (model,) = self.ask("GET", "/models").json()["models"]
        self.assertEqual(model["name"], "har")
        self.assertEqual(model["channels"], windows.CHANNELS)
        self.assertEqual(model["classes"], windows.CLASSES)
        self.assertEqual((model["steps"], model["rate"]), (128, 50))
        self.assertTrue(model["sha256"].startswith(model["version"]))

    def test_the_page(self):
        page = self.ask("GET", "/")
        self.assertEqual((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"))
        # Nothing is loaded from elsewhere.
        self.assertEqual(re.findall(rb"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page.body), [])


class ReadinessTests(unittest.TestCase):
    def test_a_server_without_a_model_lives_and_is_not_ready(self):
        with harness.Server(weights=None) as server:
            for path, status in (("/_/health", 200), ("/healthz", 200), ("/v2/health/live", 200), ("/_/ready", 503), ("/readyz", 503)):
                self.assertEqual(server.ask("GET", path).status, status, path)
            ready = server.ask("GET", "/v2/health/ready")
            self.assertEqual((ready.status, ready.json()), (503, {"ready": False}))
            self.assertEqual(server.metric("harfunction_ready"), 0)


class MetricsTests(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(harness.Server())

    def test_metrics_are_prometheus_s_text(self):
        body = windows.raw(windows.made(3))
        octets = {"Content-Type": "application/octet-stream"}
        for _ in range(5):
            self.assertEqual(self.server.ask("POST", "/predict", body, octets).status, 200)
        self.assertEqual(self.server.ask("POST", "/predict", body[:-1], octets).status, 400)
        self.assertEqual(self.server.ask("GET", "/nowhere").status, 404)
        answer = self.server.ask("GET", "/metrics")
        self.assertTrue(answer.header("content-type").startswith("text/plain"))
        families = {family.name: family for family in text_string_to_metric_families(answer.body.decode())}
        self.assertEqual(families["harfunction_requests"].type, "counter")
        self.assertEqual(families["harfunction_request_duration_seconds"].type, "histogram")
        for family in families.values():
            self.assertTrue(family.documentation, family.name)
            for sample in family.samples:
                self.assertGreaterEqual(sample.value, 0, sample)
        metric = self.server.metric
        self.assertEqual(metric("harfunction_requests_total", route="/predict", method="POST", status="200"), 5)
        self.assertEqual(metric("harfunction_requests_total", route="/predict", method="POST", status="400"), 1)
        self.assertEqual(metric("harfunction_requests_total", route="none", method="GET", status="404"), 1)
        self.assertEqual(metric("harfunction_windows_total"), 15)
        self.assertEqual(metric("harfunction_request_duration_seconds_count", route="/predict"), 6)
        self.assertEqual(metric("harfunction_request_duration_seconds_bucket", route="/predict", le="+Inf"), 6)
        self.assertGreater(metric("harfunction_request_duration_seconds_sum", route="/predict"), 0)
        self.assertEqual(metric("harfunction_ready"), 1)
        self.assertEqual(metric("harfunction_model_info", model="har"), 1)
        self.assertGreater(metric("harfunction_cold_start_seconds"), 0)
        self.assertLess(metric("harfunction_cold_start_seconds"), 60)
        resident = self.server.status("VmRSS") * 1024
        self.assertAlmostEqual(metric("process_resident_memory_bytes") / resident, 1, delta=0.5)

    def test_dashboards_and_rules_know_them(self):
        """deploy/tests checks its dashboard and rules against this list."""
        self.assertEqual(metric_names.of(self.server), metric_names.recorded())

    def test_buckets_only_rise(self):
        for _ in range(20):
            self.server.ask("GET", "/models")
        text = self.server.ask("GET", "/metrics").body.decode()
        counts = [int(line.split()[-1]) for line in text.splitlines() if line.startswith('harfunction_request_duration_seconds_bucket{route="/models"')]
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(counts[-1], 20)

    def test_gauges_return(self):
        with self.server.connect() as connection:
            connection.send(wire.request("POST", "/predict", headers={"Content-Length": "4608"}) + b"0")
            wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 2, what="a request in flight beside that for the metrics")
            wire.eventually(lambda: self.server.metric("harfunction_connections") == 2, what="two connections")
        wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 1, what="the end of the request")
        wire.eventually(lambda: self.server.metric("harfunction_connections") == 1, what="the end of the connection")

    def test_recordings_that_are_left_alone_are_in_flight_no_longer(self):
        """A client that goes while its answer begins must not take one of the places of --request-limit with it."""
        body = windows.csv(windows.made(2))
        for _ in range(200):
            with self.server.connect() as connection:
                connection.send(wire.request("POST", "/recording", body, {"Content-Type": "text/csv"}))
        wire.eventually(lambda: self.server.metric("harfunction_requests_in_flight") == 1, what="the end of all recordings")


class LogTests(unittest.TestCase):
    def test_a_request_is_a_line_with_the_identifiers_it_came_with(self):
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        with harness.Server() as server:
            headers = {"X-Call-Id": "call-1", "X-Request-Id": "request-2", "traceparent": parent}
            server.ask("GET", "/models", headers=headers)
            entry = server.logged("request")
            self.assertEqual((entry["call_id"], entry["request_id"], entry["traceparent"]), ("call-1", "request-2", parent))
            self.assertEqual((entry["method"], entry["path"], entry["status"], entry["level"]), ("GET", "/models", "200", "info"))
            self.assertGreaterEqual(float(entry["milliseconds"]), 0)
            self.assertRegex(entry["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_every_line_is_json_and_probes_are_not_logged(self):
        with harness.Server() as server:
            for path in ("/healthz", "/_/health", "/metrics", "/quote%22%0a%1b", "/models"):
                server.ask("GET", path, headers={"X-Request-Id": 'a"b\\c\xff'})
            server.logged("request", path="/models")
            paths = [entry["path"] for entry in server.entries("request")]
            self.assertEqual(len(paths), 2, paths)
            self.assertEqual(server.other_lines, [])

    def test_levels(self):
        port = harness.free_port()
        with harness.Server("--log-level", "error", "--port", port, listens=False) as server:
            wire.eventually(lambda: answers(port), what="an answer")
            wire.ask(port, "GET", "/models")
            self.assertEqual((server.log, server.other_lines), ([], []))
        code, lines = harness.failure("--log-level", "loud")
        self.assertEqual(code, 1)
        self.assertIn("there is no log level 'loud'", lines[0])


class TokenTests(unittest.TestCase):
    def test_only_those_with_the_token_are_answered(self):
        place = harness.folder(self) / "token"
        place.write_text("s3cret-Token\n")
        with harness.Server("--token-file", place) as server:
            right = {"Authorization": "Bearer s3cret-Token"}
            self.assertEqual(server.ask("GET", "/models", headers=right).status, 200)
            self.assertEqual(server.ask("GET", "/models", headers={"Authorization": "bearer s3cret-Token"}).status, 200)
            wrong = ["Bearer s3cret-Tokem", "Bearer s3cret-Toke", "Bearer s3cret-TokenX", "Bearer ", "Bearer", "s3cret-Token", "Basic s3cret-Token", ""]
            wrong.append("Bearer s3cret-Tokens3cret-Token")
            for value in wrong:
                answer = server.ask("GET", "/models", headers={"Authorization": value})
                self.assertEqual(answer.status, 401, value)
                self.assertEqual(answer.header("www-authenticate"), "Bearer")
            for method, path in (("POST", "/"), ("POST", "/predict"), ("POST", "/recording"), ("GET", "/v2"), ("POST", "/v2/specialize"), ("GET", "/nowhere")):
                answer = server.ask(method, path, None if method == "GET" else b"{}")
                self.assertEqual(answer.status, 401, path)
            # Probes cannot have it; the page and the document show how to ask with it.
            for path in ("/_/health", "/_/ready", "/healthz", "/readyz", "/metrics", "/v2/health/live", "/v2/health/ready", "/", "/openapi.json"):
                for method in ("GET", "HEAD"):
                    self.assertEqual(server.ask(method, path).status, 200, path)
            self.assertNotIn("s3cret", str(server.log) + str(server.other_lines))

    def test_a_file_without_a_token_stops_the_start(self):
        place = harness.folder(self) / "token"
        for text in ("", "\n", "two words", "umläut"):
            place.write_text(text)
            code, lines = harness.failure("--token-file", place)
            self.assertEqual(code, 1, text)
            self.assertIn("must hold a token of visible ASCII characters", lines[0])


def answers(port):
    """Whether a server on the port answers already."""
    try:
        return wire.ask(port, "GET", "/healthz").status == 200
    except OSError:
        return False


class SettingsTests(unittest.TestCase):
    def test_the_port_of_every_framework(self):
        for name in ("PORT", "FUNC_PORT", "RUNTIME_PORT", "HARFUNCTION_PORT"):
            port = harness.free_port()
            with self.subTest(name), harness.Server(port=None, env={name: str(port)}, listens=False):
                wire.eventually(lambda port=port: answers(port), what=f"an answer on the port of {name}")

    def test_an_address_in_the_place_of_a_port_is_not_meant(self):
        """Kubernetes sets PORT to an address where a service has that name."""
        port = harness.free_port()
        with harness.Server(port=None, env={"PORT": "tcp://10.0.0.1:80", "RUNTIME_PORT": str(port)}, listens=False):
            wire.eventually(lambda: answers(port), what="an answer on the next port")

    def test_a_port_that_is_taken(self):
        with harness.Server() as first:
            code, lines = harness.failure("--port", first.port)
            self.assertEqual((code, lines), (1, [f"error: port {first.port} is taken: choose another by --port or PORT"]))

    def test_wrong_use(self):
        for words in (
            ("--port", "70000"), ("--model", "nameless"), ("--model", "a/b=x"), ("--model", "har=x", "--model", "har=y"), ("--request-limit", "0"),
            ("--drain", "-1"), ("--body-limit", "0"), ("--no-such-option",), ("surplus",),
        ):
            with self.subTest(words):
                code, lines = harness.failure(*words, weights=None)
                self.assertEqual(code, 2, lines)
                self.assertEqual((len(lines), lines[0][:7]), (1, "error: "), lines)

    def test_weights_that_cannot_be_used_stop_the_start(self):
        place = harness.folder(self) / "weights.safetensors"
        cases = [(None, "no such file"), (b"", str(place)), (b"no weights", str(place)), (checkpoints.CNN.read_bytes()[:-100], str(place))]
        for data, words in cases:
            if data is not None:
                place.write_bytes(data)
            code, lines = harness.failure(weights=place)
            self.assertEqual(code, 1, lines)
            self.assertIn(words.lower(), lines[0].lower())

    def test_options_from_the_environment(self):
        with harness.Server(weights=None, env={"HARFUNCTION_WEIGHTS": str(checkpoints.LSTM), "HARFUNCTION_BODY_LIMIT": "0.002MiB"}) as server:
            self.assertEqual(server.ask("POST", "/predict", bytes(2098)).status, 413)
            self.assertEqual(len(server.ask("GET", "/models").json()["models"]), 1)

    def test_options_of_the_store_from_the_environment(self):
        """Nothing listens at the endpoint; without the flag it is credentials that are missing."""
        store = {
            "HARFUNCTION_WEIGHTS": "s3://models/har/cnn/latest.json", "HARFUNCTION_ENDPOINT": f"http://127.0.0.1:{harness.free_port()}",
            "HARFUNCTION_STORE_TIMEOUT": "0.2s", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true"}
        for more, code, words in (
            ({}, 1, "credentials: there are none"), ({"HARFUNCTION_NO_SIGN_REQUEST": "true"}, 1, "s3://models/har/cnn/latest.json"),
            ({"HARFUNCTION_OFFLINE": "1"}, 1, "--offline"), ({"HARFUNCTION_STORE_FALLBACK": "x"}, 2, "HARFUNCTION_STORE_FALLBACK is 'x': must be one of none, cache"),
            ({"HARFUNCTION_STORE_TIMEOUT": "soon"}, 2, "HARFUNCTION_STORE_TIMEOUT is 'soon'"),
            ({"HARFUNCTION_ADDRESSING": "host"}, 2, "HARFUNCTION_ADDRESSING is 'host': must be one of auto, path, virtual"),
        ):
            with self.subTest(more):
                found, lines = harness.failure(weights=None, env={**store, **more})
                self.assertEqual((found, words in lines[0]), (code, True), lines)


if __name__ == "__main__":
    unittest.main()
