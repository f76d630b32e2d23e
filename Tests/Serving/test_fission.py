"""Fission's contract: a server without a model is told once where its model is."""

import json
import pathlib
import shutil
import subprocess
import unittest

import checkpoints
import harness
import windows
import wire

OCTETS = {"Content-Type": "application/octet-stream"}
BODY = windows.raw(windows.made(1))


class SpecializeTests(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(harness.Server(weights=None))
        self.folder = harness.folder(self)

    def specialize(self, path, **fields):
        """The request of Fission's fetcher."""
        body = {"filepath": str(path), "functionName": "", "url": "", "FunctionMetadata": {"name": "har", "namespace": "default"}, "envVersion": 2}
        return self.server.ask("POST", "/v2/specialize", json.dumps(body | fields).encode(), {"Content-Type": "application/json"})

    def ask(self, path="/"):
        return self.server.ask("POST", path, BODY, OCTETS | {"Accept": "application/octet-stream"})

    def assertServes(self, weights):
        answer = self.ask()
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.body, windows.probabilities(windows.predict(weights, BODY)).tobytes())
        self.assertEqual(self.server.ask("GET", "/readyz").status, 200)

    def test_before_it_nothing_is_answered(self):
        for method, path, body in (
            ("POST", "/", BODY), ("POST", "/predict", BODY), ("POST", "/recording", BODY), ("GET", "/v2/models/har", None), ("GET", "/v2/models/har/ready", None),
            ("POST", "/v2/models/har/infer", b"{}"),
        ):
            answer = self.server.ask(method, path, body, OCTETS if body else {})
            self.assertIn(answer.status, (500, 503), path)
            self.assertIn("no model is loaded", answer.error)
        self.assertEqual(self.server.ask("GET", "/healthz").status, 200)
        self.assertEqual(self.server.ask("GET", "/readyz").status, 503)
        self.assertEqual(self.server.ask("GET", "/models").json(), {"models": []})

    def test_a_file(self):
        path = self.folder / "deployarchive"
        shutil.copy(checkpoints.LSTM, path)
        answer = self.specialize(path)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json()["model"], "har")
        self.assertServes(checkpoints.LSTM)

    def test_a_folder(self):
        (self.folder / "README.md").write_text("Not weights.")
        shutil.copy(checkpoints.CNN, self.folder / "best.safetensors")
        self.assertEqual(self.specialize(self.folder).status, 200)
        self.assertServes(checkpoints.CNN)

    def test_a_folder_of_several(self):
        shutil.copy(checkpoints.CNN, self.folder / "cnn.safetensors")
        shutil.copy(checkpoints.LSTM, self.folder / "lstm.safetensors")
        answer = self.specialize(self.folder)
        self.assertEqual(answer.status, 400)
        self.assertIn("it holds 2", answer.error)
        self.assertEqual(self.specialize(self.folder, functionName="gru").status, 400)
        self.assertEqual(self.specialize(self.folder, functionName="lstm").status, 200)
        self.assertServes(checkpoints.LSTM)

    def test_twice(self):
        self.assertEqual(self.specialize(checkpoints.CNN).status, 200)
        for answer in (self.specialize(checkpoints.CNN), self.specialize(checkpoints.LSTM), self.server.ask("POST", "/specialize", b"")):
            self.assertEqual(answer.status, 400)
            self.assertIn("has a model already", answer.error)
        self.assertServes(checkpoints.CNN)

    def test_twice_at_once(self):
        connections = [self.enterContext(self.server.connect()) for _ in range(8)]
        body = json.dumps({"filepath": str(checkpoints.CNN)}).encode()
        for connection in connections:
            connection.send(wire.request("POST", "/v2/specialize", body))
        statuses = sorted(connection.response().status for connection in connections)
        self.assertEqual(statuses, [200] + [400] * 7)

    def test_what_is_wrong_leaves_it_ready_for_another_try(self):
        broken = self.folder / "broken"
        broken.write_bytes(checkpoints.CNN.read_bytes()[:-1])
        empty = self.folder / "empty"
        empty.mkdir()
        for path in (self.folder / "nothing", broken, empty, "/dev/null"):
            answer = self.specialize(path)
            self.assertEqual(answer.status, 400, path)
            self.assertTrue(str(path) in answer.error, answer)
        for body in (b"", b"{}", b"[]", b"{", b'{"filepath":5}', b'{"filepath":""}'):
            self.assertEqual(self.server.ask("POST", "/v2/specialize", body).status, 400, body)
        self.assertEqual(self.ask().status, 503)
        self.assertEqual(self.specialize(checkpoints.CNN).status, 200)
        self.assertServes(checkpoints.CNN)

    def test_a_server_that_started_with_weights_is_not_specialised(self):
        with harness.Server() as server:
            body = json.dumps({"filepath": str(checkpoints.LSTM)}).encode()
            self.assertEqual(server.ask("POST", "/v2/specialize", body).status, 400)

    def test_the_first_version_has_one_place(self):
        if pathlib.Path("/userfunc/user").exists():
            self.skipTest("/userfunc/user is there")
        answer = self.server.ask("POST", "/specialize", b"", {"Content-Type": "text/plain"})
        self.assertEqual(answer.status, 400)
        self.assertIn("/userfunc/user", answer.error)
        self.assertEqual(self.specialize(checkpoints.CNN).status, 200)


class FirstVersionTests(unittest.TestCase):
    def test_specialize(self):
        """Fission puts the file at /userfunc/user: here, in a root folder of the test's own."""
        place = harness.folder(self)
        script = place / "start"
        script.write_text(
            '#!/bin/sh -e\nmount -t tmpfs root "$1/root"\ncd "$1/root"\nfor folder in /*; do\n'
            '    [ -d "$folder" ] && [ ! -L "$folder" ] && [ "$folder" != /userfunc ] || continue\n'
            '    mkdir -p ".$folder"; mount --rbind "$folder" ".$folder"\ndone\n'
            'for link in /*; do [ ! -L "$link" ] || cp -P "$link" .; done\n'
            'mkdir userfunc; cp "$2" userfunc/user; shift 2; exec chroot . "$@"\n'
        )
        script.chmod(0o755)
        (place / "root").mkdir()
        enter = ["unshare", "--map-root-user", "--mount", script, place, checkpoints.CNN]
        if not shutil.which("unshare") or subprocess.run([*enter, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("this system lets nobody make a mount namespace of their own")
        with harness.Server(weights=None, enter=enter) as server:
            self.assertEqual(server.ask("POST", "/", BODY, OCTETS).status, 503)
            answer = server.ask("POST", "/specialize", b"", {"Content-Type": "text/plain"})
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(server.ask("POST", "/", BODY, OCTETS).status, 200)
            self.assertEqual(server.ask("POST", "/specialize", b"").status, 400)


if __name__ == "__main__":
    unittest.main()
