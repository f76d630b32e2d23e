"""Weights from an object store that fails in every way: down at the start, down later, a process killed while it downloads."""

import http.server
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
import unittest

import checkpoints
import clients
import harness
import windows
import wire

SERVE = pathlib.Path(__file__).resolve().parents[1] / "S3" / "serve.py"
OCTETS = {"Content-Type": "application/octet-stream", "Accept": "application/octet-stream"}
PLACE = "s3://models/har/cnn/latest.json"


class Store:
    """An S3 server with faults: Tests/S3/serve.py."""

    def __init__(self, *faults):
        self.process = subprocess.Popen([sys.executable, SERVE, "moto", *faults], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=harness.end_with_parent)
        self.facts = json.loads(self.process.stdout.readline())
        self.requests = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.requests.put(json.loads(line))

    def environment(self, cache=None, endpoint="endpoint"):
        keys = {"AWS_ACCESS_KEY_ID": self.facts["access_key"], "AWS_SECRET_ACCESS_KEY": self.facts["secret_key"], "AWS_SESSION_TOKEN": self.facts["session_token"]}
        return keys | {"AWS_ENDPOINT_URL_S3": self.facts[endpoint], "AWS_REGION": "us-east-1"} | ({"HARTRAIN_CACHE": str(cache)} if cache else {})

    def publish(self, path):
        """Uploads weights, past the faults."""
        env = harness.environment(self.environment(endpoint="direct"))
        subprocess.run([os.environ["HARTRAIN"], "upload", path, "s3://models/har"], env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(10)
        self.process.stdout.close()


class StoreTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = windows.made(4)
        cls.bodies = [windows.raw(window) for window in cls.data]

    def setUp(self):
        self.folder = harness.folder(self)
        self.cache = self.folder / "cache"
        self.other = self.folder / "other.safetensors"
        checkpoints.other_cnn(self.other)
        self.expected = [windows.probabilities(windows.predict(path, windows.raw(self.data))) for path in (checkpoints.CNN, self.other)]

    def store(self, *faults):
        store = Store(*faults)
        self.addCleanup(store.close)
        store.publish(checkpoints.CNN)
        return store

    def server(self, store, *arguments, **options):
        return harness.Server(*arguments, weights=PLACE, env=store.environment(self.cache), **options)

    def fill_cache(self, store):
        with self.server(store) as server:
            self.assertServes(server)

    def assertServes(self, server, version=0):
        answer = server.ask("POST", "/predict", self.bodies[1], OCTETS)
        self.assertEqual((answer.status, answer.body), (200, self.expected[version][1].tobytes()))

    def test_from_the_store_and_from_the_cache(self):
        store = self.store()
        for _ in range(2):
            with self.server(store) as server:
                self.assertServes(server)
        requests = list(store.requests.queue)
        # The second start asks whether anything is new, and moves no weights.
        self.assertEqual(sum(request["bytes"] > 100_000 for request in requests), 1, requests)

    def test_a_new_latest_json_under_load(self):
        store = self.store()

        def make(number):
            return "POST", "/predict", self.bodies[number % 4], OCTETS

        with self.server(store, "--watch", "0.1s") as server:
            with clients.Crowd([clients.Client(server.port, make, name=f"client{index}") for index in range(3)]) as crowd:
                for count, path in enumerate((self.other, checkpoints.CNN, self.other), 1):
                    crowd.wait_for(len(crowd.outcomes) + 50)
                    store.publish(path)
                    wire.eventually(lambda count=count: server.metric("harfunction_model_switches_total") == count, what=f"switch {count}")
                crowd.wait_for(len(crowd.outcomes) + 50)
            seen = set()
            for outcome in crowd.outcomes:
                self.assertIsNone(outcome.error)
                rows = [version[outcome.number % 4].tobytes() for version in self.expected]
                self.assertEqual(outcome.response.status, 200)
                seen.add(rows.index(outcome.response.body))
            self.assertEqual(seen, {0, 1})

    def test_down_at_the_start(self):
        store = self.store()
        self.fill_cache(store)
        store.close()
        code, lines = harness.failure("--store-timeout", "3s", weights=PLACE, env=store.environment(self.folder / "empty"))
        self.assertEqual((code, len(lines)), (1, 1), lines)
        self.assertIn(PLACE, lines[0])
        self.assertIn("error: ", lines[0])
        # What is in the cache is taken where that was asked for.
        code, lines = harness.failure("--store-timeout", "3s", weights=PLACE, env=store.environment(self.cache))
        self.assertEqual(code, 1)
        self.assertIn("--store-fallback cache", lines[0])
        for words in (("--store-fallback", "cache", "--store-timeout", "3s"), ("--offline",)):
            with self.server(store, *words) as server:
                self.assertServes(server)

    def test_nothing_there(self):
        store = self.store()
        for place in ("s3://models/har/gru/latest.json", "s3://nowhere/har/cnn/latest.json"):
            code, lines = harness.failure("--store-timeout", "10s", weights=place, env=store.environment(self.cache))
            self.assertEqual((code, len(lines)), (1, 1), lines)
            self.assertIn(place.rsplit("/", 1)[0], lines[0])

    def test_down_while_it_watches(self):
        store = self.store()
        with self.server(store, "--watch", "0.1s", "--store-timeout", "0.5s") as server:
            store.close()
            failure = server.logged("the new version cannot be used; the one before goes on", model="har")
            self.assertIn(PLACE, failure["error"])
            # Some more looks: requests are answered all the while, and it is said once.
            for _ in range(100):
                self.assertServes(server)
                threading.Event().wait(0.03)
            self.assertEqual(server.ask("GET", "/readyz").status, 200)
            self.assertEqual(len(server.entries("the new version cannot be used; the one before goes on")), 1)

    def test_back_after_a_failure(self):
        # The start takes two requests, the faults some looks; then all goes well again.
        store = self.store("pass", "pass", *["503"] * 12)
        with self.server(store, "--watch", "0.1s", "--store-timeout", "1s") as server:
            server.logged("the new version cannot be used; the one before goes on")
            self.assertServes(server)
            store.publish(self.other)
            server.logged("a new version is served", seconds=60)
            self.assertServes(server, 1)

    def test_weights_altered_on_the_way(self):
        """An object that is not what its hash says never replaces a version."""
        store = self.store("pass", "pass")
        with self.server(store, "--watch", "0.1s") as server:
            store.publish(self.other)
            server.logged("a new version is served")
            self.assertServes(server, 1)
        store = self.store("pass", "alter", "alter", "alter", "alter", "alter*")
        code, lines = harness.failure("--store-timeout", "5s", weights=PLACE, env=store.environment(self.folder / "empty"))
        self.assertEqual(code, 1, lines)
        self.assertIn("SHA-256", lines[0])

    def test_killed_while_it_downloads(self):
        store = self.store("pass", "drip")
        killed = self.server(store, listens=False)
        request = [store.requests.get(timeout=30) for _ in range(2)][1]
        self.assertTrue(request["path"].endswith(".safetensors"), request)
        threading.Event().wait(1.5)
        self.assertTrue(killed.is_running)
        self.assertEqual(killed.entries("listening"), [])
        killed.kill()
        with self.server(store) as server:
            self.assertServes(server)

    def test_half_a_file_in_the_cache(self):
        store = self.store()
        self.fill_cache(store)
        weights = [path for path in self.cache.rglob("*") if path.is_file() and path.stat().st_size > 100_000]
        self.assertEqual(len(weights), 1)
        (whole,) = [path.read_bytes() for path in weights]
        for data in (whole[: len(whole) // 2], b"", whole[:-1] + bytes([whole[-1] ^ 1])):
            weights[0].write_bytes(data)
            with self.server(store) as server:
                self.assertServes(server)
            self.assertEqual(weights[0].read_bytes(), whole)
        for entry in self.cache.rglob("entry.json"):
            entry.write_text(entry.read_text()[:20])
        with self.server(store) as server:
            self.assertServes(server)


class WebPlaceTests(unittest.TestCase):
    def test_weights_from_http(self):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=checkpoints.CNN.parent)

            def log_message(self, *_):
                """Nothing: what is wrong is seen by the test."""

        web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{web.server_address[1]}/"
        body = windows.raw(windows.made(1))
        with harness.Server(weights=place + "best.safetensors") as server:
            answer = server.ask("POST", "/predict", body, OCTETS)
            self.assertEqual(answer.body, windows.probabilities(windows.predict(checkpoints.CNN, body)).tobytes())
        for name in ("nothing.safetensors", "run.json"):
            code, lines = harness.failure(weights=place + name)
            self.assertEqual((code, len(lines)), (1, 1), lines)
            self.assertIn(name, lines[0])


if __name__ == "__main__":
    unittest.main()
