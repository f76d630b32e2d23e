"""Versions switched under load: every answer is one version's own, and none fails."""

import itertools
import shutil
import unittest

import checkpoints
import clients
import harness
import windows
import wire

OCTETS = {"Content-Type": "application/octet-stream", "Accept": "application/octet-stream"}
SWITCHES = 40 if harness.THOROUGH else 8


class FileTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = windows.made(6)
        cls.bodies = [windows.raw(window) for window in cls.data]

    def setUp(self):
        self.folder = harness.folder(self)
        self.versions = [self.folder / "one.safetensors", self.folder / "two.safetensors"]
        shutil.copy(checkpoints.CNN, self.versions[0])
        checkpoints.other_cnn(self.versions[1])
        self.served = self.folder / "served.safetensors"
        shutil.copy(self.versions[0], self.served)
        self.expected = [windows.probabilities(windows.predict(path, windows.raw(self.data))) for path in self.versions]
        # Two versions that say the same would prove nothing.
        assert all(one.tobytes() != two.tobytes() for one, two in zip(*self.expected))

    def make(self, number):
        return "POST", "/predict", self.bodies[number % 6], OCTETS

    def put(self, path):
        checkpoints.replace(self.served, path.read_bytes())

    def assertAnswers(self, outcomes, hashes):
        """Every request was answered by one of the versions, rightly; gives the numbers of the versions that answered."""
        seen = set()
        for outcome in outcomes:
            self.assertIsNone(outcome.error, outcome.identifier)
            self.assertEqual(outcome.response.status, 200)
            version = hashes.index(outcome.response.header("x-model-sha256"))
            self.assertEqual(outcome.response.body, self.expected[version][outcome.number % 6].tobytes())
            seen.add(version)
        return seen

    def sha256(self, server):
        return server.ask("GET", "/models").json()["models"][0]["sha256"]

    def test_switches_under_load(self):
        with harness.Server("--watch", "0.1s", weights=self.served) as server:
            hashes = [self.sha256(server)]
            names = [f"client{index}" for index in range(4)]
            with clients.Crowd([clients.Client(server.port, self.make, index % 2 == 0, name) for index, name in enumerate(names)]) as crowd:
                for count, path in zip(range(1, SWITCHES + 1), itertools.cycle(reversed(self.versions))):
                    self.put(path)
                    wire.eventually(lambda count=count: server.metric("harfunction_model_switches_total") == count, what=f"switch {count}")
                    if count == 1:
                        hashes.append(self.sha256(server))
                    crowd.wait_for(len(crowd.outcomes) + 50)
            self.assertEqual(self.assertAnswers(crowd.outcomes, hashes), {0, 1})
            self.assertEqual(len(server.entries("a new version is served")), SWITCHES)
            self.assertEqual(server.metric("harfunction_model_load_failures_total"), 0)

    def test_a_broken_version_never_replaces_a_working_one(self):
        broken = {
            "truncated": lambda path: path.write_bytes(checkpoints.CNN.read_bytes()[:-1000]),
            "empty": lambda path: path.write_bytes(b""),
            "no weights": lambda path: path.write_bytes(b"<html>Not here</html>" * 100),
            "another shape": checkpoints.short_lstm,
            "other classes": self.renamed,
            "values that are not finite": self.infinite,
        }
        with harness.Server("--watch", "0.1s", weights=self.served) as server:
            hashes = [self.sha256(server)]
            crowd = clients.Crowd([clients.Client(server.port, self.make, name=f"client{index}") for index in range(2)])
            with crowd:
                for count, (name, write) in enumerate(broken.items(), 1):
                    with self.subTest(name):
                        candidate = self.folder / "candidate"
                        write(candidate)
                        self.put(candidate)
                        wire.eventually(lambda count=count: server.metric("harfunction_model_load_failures_total") == count, what=f"the refusal of {name}")
                        # Some more looks at it: it is said once.
                        looked = len(crowd.outcomes)
                        crowd.wait_for(looked + 100)
                        self.assertEqual(len(server.entries("the new version cannot be used; the one before goes on")), count)
                        self.assertEqual(self.sha256(server), hashes[0])
                self.served.unlink()
                wire.eventually(lambda: server.metric("harfunction_model_load_failures_total") == len(broken) + 1, what="the loss of the file")
                # A right one is taken at once, and the next wrong one is told again.
                self.put(self.versions[1])
                wire.eventually(lambda: self.sha256(server) != hashes[0], what="the right version")
                hashes.append(self.sha256(server))
                crowd.wait_for(len(crowd.outcomes) + 50)
            self.assertEqual(self.assertAnswers(crowd.outcomes, hashes), {0, 1})
            errors = [entry["error"] for entry in server.entries("the new version cannot be used; the one before goes on", model="har", level="error")]
            self.assertEqual(len(errors), len(broken) + 1)
            self.assertTrue(all(str(self.served) in error for error in errors), errors)

    def renamed(self, path):
        metadata, tensors = checkpoints.read(checkpoints.CNN)
        metadata["hartrain.classes"] = metadata["hartrain.classes"].replace("SITTING", "SWIMMING")
        checkpoints.write(path, metadata, tensors)

    def infinite(self, path):
        metadata, tensors = checkpoints.read(checkpoints.CNN)
        tensors["dense.bias"] = tensors["dense.bias"] + float("nan")
        checkpoints.write(path, metadata, tensors)

    def test_a_recording_keeps_its_version(self):
        """A stream that began with a version ends with it."""

        with harness.Server("--watch", "0.1s", weights=self.served) as server, server.connect() as connection:
            connection.send(wire.request("POST", "/recording", headers={"Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"}))
            connection.send(wire.chunk(self.bodies[0]))
            pieces = connection.pieces(connection.head())
            next(pieces)
            self.put(self.versions[1])
            wire.eventually(lambda: server.metric("harfunction_model_switches_total") == 1, what="the switch")
            connection.send(b"".join(map(wire.chunk, self.bodies[1:])) + b"0\r\n\r\n")
            lines = b"".join(pieces).decode().splitlines()
            expected = windows.predict(self.versions[0], windows.raw(self.data))
            for line, answer in zip(lines, expected[1:]):
                self.assertTrue(line.endswith(answer))

    def test_only_the_model_that_has_changed(self):
        with harness.Server("--watch", "0.1s", "--model", f"a={self.served}", "--model", f"b={checkpoints.LSTM}", weights=None) as server:
            before = server.ask("GET", "/models").json()["models"]
            self.put(self.versions[1])
            wire.eventually(lambda: server.metric("harfunction_model_switches_total") == 1, what="the switch")
            after = server.ask("GET", "/models").json()["models"]
            self.assertEqual([model["name"] for model in after], ["a", "b"])
            self.assertNotEqual(after[0]["sha256"], before[0]["sha256"])
            self.assertEqual(after[1], before[1])
            old = server.ask("GET", f"/v2/models/a/versions/{before[0]['version']}")
            self.assertEqual(old.status, 404)
            self.assertIn(after[0]["version"], old.error)

    def test_without_a_watch_nothing_changes(self):
        with harness.Server(weights=self.served) as server:
            before = self.sha256(server)
            self.put(self.versions[1])
            self.assertEqual(self.sha256(server), before)
            self.assertEqual(server.ask("POST", "/predict", self.bodies[0], OCTETS).body, self.expected[0][0].tobytes())


if __name__ == "__main__":
    unittest.main()
