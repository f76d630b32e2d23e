"""python-har by itself: its answers against `hartrain predict`, what it refuses, and where its weights come from."""

import ast
import base64
import json
import pathlib
import subprocess
import sys
import unittest

import numpy as np
import support
import weights as har_weights
from support import BODIES, FUNCTIONS, MODELS, WINDOWS, AnswerCase, Store, folder, lay_out, program
from windows import Refusal, read_windows


class Answers(AnswerCase):
    """A process a call, as it were: the handler's module loads the weights that its environment names."""

    def handle(self, place, bodies, **environment):
        script = (
            "import base64, json, sys, types, handler\n"
            "for content_type, body in json.load(sys.stdin):\n"
            "    event = types.SimpleNamespace(method='POST', headers={'Content-Type': content_type}, body=base64.b64decode(body))\n"
            "    print(json.dumps(handler.handle(event, None)))\n"
        )
        requests = json.dumps([(kind, base64.b64encode(body).decode()) for kind, body in bodies])
        run = subprocess.run(
            [sys.executable, "-c", script],
            cwd=FUNCTIONS / "python-har",
            env=support.clean_environment(HARFUNCTION_WEIGHTS=place, **environment),
            input=requests,
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise AssertionError(run.stderr)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def test_they_are_those_of_predict(self):
        hartrain = program("HARTRAIN")
        for model in MODELS:
            with self.subTest(model), folder() as place:
                WINDOWS.tofile(place / "windows.f32")
                command = [hartrain, "predict", "--json", "--weights", support.weights(model), place / "windows.f32"]
                lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
                expected = [json.loads(line) for line in lines]
                for answer in self.handle(support.weights(model), BODIES):
                    predictions = json.loads(answer["body"])["predictions"]
                    self.assertEqual(len(predictions), len(expected))
                    for prediction, line in zip(predictions, expected):
                        self.assertEqual((prediction["class"], prediction["name"]), (line["class"], line["name"]))
                        difference = np.abs(np.subtract(prediction["probabilities"], line["probabilities"])).max()
                        self.assertLess(difference, support.TOLERANCE)

    def test_weights_in_onnx(self):
        hartrain = program("HARTRAIN")
        for model in MODELS:
            with self.subTest(model), folder() as place:
                command = [hartrain, "export", support.weights(model), "--to", "onnx", "--out", place / "model.onnx"]
                run = subprocess.run(command, capture_output=True, text=True)
                if run.returncode and "ONNX" in run.stderr and "--traits" in run.stderr:
                    self.skipTest(f"{hartrain} was built without ONNX")
                self.assertEqual(run.returncode, 0, run.stderr)
                (answer,) = self.handle(str(place / "model.onnx"), BODIES[2:])
                found = [prediction["probabilities"] for prediction in json.loads(answer["body"])["predictions"]]
                self.assertLess(np.abs(np.array(found) - MODELS[model].predict(WINDOWS)).max(), support.TOLERANCE)
                names = [prediction["name"] for prediction in json.loads(answer["body"])["predictions"]]
                self.assertEqual(names, [MODELS[model].classes[index] for index in MODELS[model].predict(WINDOWS).argmax(axis=1)])

    def test_onnx_without_its_runtime_says_so(self):
        with folder() as place:
            (place / "onnxruntime.py").write_text("raise ImportError('not installed')\n")
            (place / "model.onnx").write_bytes(b"x")
            with self.assertRaisesRegex(AssertionError, "weights in ONNX need onnxruntime"):
                self.handle(str(place / "model.onnx"), [], PYTHONPATH=str(place))

    def test_numbers_have_the_digits_of_32_bits(self):
        (answer,) = self.handle(support.weights("cnn"), BODIES[2:])
        for prediction in json.loads(answer["body"])["predictions"]:
            for probability in prediction["probabilities"]:
                self.assertLessEqual(len(repr(probability)), 15)

    def test_functions_run_on_kubeless_python(self):
        """Its last runtime is of Python 3.7."""
        for pattern in ("python-har/*.py", "helloworld/python/*.py", "kubeless/python/*.py"):
            for path in FUNCTIONS.glob(pattern):
                ast.parse(path.read_text(), path, feature_version=(3, 7))


class Requests(unittest.TestCase):
    model = MODELS["cnn"]

    def refuses(self, body, content_type, status, reason):
        with self.subTest(reason), self.assertRaises(Refusal) as raised:
            read_windows(body, content_type, self.model)
        self.assertEqual((raised.exception.status, str(raised.exception)), (status, reason))

    def changed(self, change):
        request = json.loads(BODIES[0][1])
        change(request["windows"])
        return json.dumps(request).encode()

    def test_all_forms_are_the_same_windows(self):
        for content_type, body in BODIES:
            np.testing.assert_array_equal(read_windows(body, content_type, self.model), WINDOWS)
        np.testing.assert_array_equal(read_windows(BODIES[0][1], None, self.model), WINDOWS)
        np.testing.assert_array_equal(read_windows(BODIES[0][1], "Application/JSON ; charset=UTF-8", self.model), WINDOWS)
        one = json.dumps({"window": json.loads(BODIES[0][1])["windows"][1]}).encode()
        np.testing.assert_array_equal(read_windows(one, None, self.model), WINDOWS[1:2])

    def test_json(self):
        def put(value):
            return lambda windows: windows[1][2].__setitem__(3, value)

        place = "window 2, reading 3, channel 4 (body_gyro_x)"
        for value in (True, None, "1", [], {}, float("nan"), float("inf"), 1e39, 10**400):
            self.refuses(self.changed(put(value)), "application/json", 400, f"{place} must be a finite 32-bit float")
        self.refuses(self.changed(lambda windows: windows[7].pop()), None, 400, "window 8 has 127 readings, must have 128")
        self.refuses(self.changed(lambda windows: windows[0][127].pop()), None, 400, "window 1, reading 128 has 8 values, must have 9")
        self.refuses(self.changed(lambda windows: windows[0].__setitem__(0, 1)), None, 400, "window 1, reading 1 must be a list of 9 values")
        self.refuses(b'{"windows": []}', None, 400, '"windows" must be a list of at least one window')
        shape = 'the request must be {"window": [...]} or {"windows": [[...], ...]}'
        for body in (b"{}", b"1", b'{"window": [], "windows": []}', b'{"Window": []}'):
            self.refuses(body, None, 400, shape)
        self.refuses(b"", None, 400, "the request is empty; send a window of 128 readings of 9 values")
        for body in (b"{", b"\xff", b"[" * 100_000):
            with self.assertRaisesRegex(Refusal, "the request is no JSON: "):
                read_windows(body, None, self.model)

    def test_large_integers_are_numbers(self):
        body = self.changed(lambda windows: windows[0][0].__setitem__(0, 10**30))
        self.assertEqual(read_windows(body, None, self.model)[0, 0, 0], np.float32(1e30))

    def test_csv(self):
        lines = BODIES[1][1].decode().splitlines()
        names = list(reversed(self.model.channels))
        header = ",".join([*names, "time"])
        reversed_lines = [",".join([*reversed(line.split(",")), "x"]) for line in lines]
        body = "\ufeff" + "\r\n".join([header, *reversed_lines])
        np.testing.assert_array_equal(read_windows(body.encode(), "text/csv", self.model), WINDOWS)
        self.refuses("\n".join(lines[:-1]).encode(), "text/csv", 400, "the request has 1023 readings, must have 128 a window")
        self.refuses(b"\n\n", "text/csv", 400, "the request has 0 readings, must have 128 a window")
        self.refuses(b"1,2,3", "text/csv", 400, "line 1 has 3 values, must have 9")
        self.refuses(b"1,2,3,4,5,6,7,8,x", "text/csv", 400, "line 1: 'x' is no number")
        self.refuses(f"{header}\n1".encode(), "text/csv", 400, "line 2 has 1 values, must have 10")
        self.refuses(",".join(names[1:]).encode(), "text/csv", 400, "the header has no column total_acc_z")
        lines[129] = lines[129].replace(lines[129].split(",")[8], "nan")
        place = "window 2, reading 2, channel 9 (total_acc_z)"
        self.refuses("\n".join(lines).encode(), "text/csv", 400, f"{place} is not finite")

    def test_floats(self):
        self.refuses(BODIES[2][1][:-1], "application/octet-stream", 400, "the request has 36863 bytes, must have 4608 a window")
        windows = WINDOWS.copy()
        windows[7, 127, 8] = np.inf
        place = "window 8, reading 128, channel 9 (total_acc_z)"
        self.refuses(windows.tobytes(), "application/octet-stream", 400, f"{place} is not finite")

    def test_other_types(self):
        reason = "'text/html' is not read; send application/json, text/csv, application/octet-stream"
        self.refuses(b"x", "text/html", 415, reason)


class Weights(AnswerCase):
    """From a real S3 server that checks signatures, with the variables that the manifests set."""

    def serve(self, place, store, weights):
        lay_out("python-har-cnn", place)
        port = support.free_port()
        variables = store.variables(weights)
        return support.Server([sys.executable, "server.py"], place, port, PORT=str(port), PYTHONPATH=str(place / "function"), **variables)

    def test_they_are_downloaded_once(self):
        for model, key in (("cnn", "latest.json"), ("lstm", f"{support.sha256_of(support.weights('lstm'))}/model.safetensors")):
            with self.subTest(key), Store() as store:
                store.publish(model)
                with folder() as place, self.serve(place, store, f"s3://models/har/{model}/{key}") as server:
                    for _ in range(5):
                        for content_type, body in BODIES:
                            self.assert_answers(server.ask(body, content_type)[2], model)
                object_key = f"/models/har/{model}/{support.sha256_of(support.weights(model))}/model.safetensors"
                pointer = [("GET", f"/models/har/{model}/latest.json")] if key == "latest.json" else []
                self.assertEqual(store.requests(), [*pointer, ("GET", object_key)])

    def test_what_hartrain_publishes_is_read(self):
        hartrain = program("HARTRAIN")
        with Store() as store:
            for model in MODELS:
                command = [hartrain, "upload", pathlib.Path(support.weights(model)).parent, "s3://models/har"]
                environment = support.clean_environment(**store.variables(""))
                subprocess.run(command, env=environment, check=True, capture_output=True)
                with self.subTest(model), folder() as place:
                    with self.serve(place, store, f"s3://models/har/{model}/latest.json") as server:
                        self.assert_answers(server.ask(BODIES[2][1], BODIES[2][0])[2], model)

    def test_what_is_not_there_or_damaged_is_said(self):
        with Store() as store:
            store.publish("cnn")
            digest = support.sha256_of(support.weights("cnn"))
            damaged = pathlib.Path(support.weights("cnn")).read_bytes()[:-1] + b"x"
            store.put(f"har/cnn/{digest}/model.safetensors", damaged)
            store.put("har/page/latest.json", b"<html>")
            for place, reason in (
                ("s3://models/har/cnn/latest.json", "is damaged: its SHA-256 is not the one that latest.json promises"),
                ("s3://models/har/lstm/latest.json", "s3://models/har/lstm/latest.json: NoSuchKey"),
                ("s3://models/har/page/latest.json", "s3://models/har/page/latest.json: JSONDecodeError"),
                ("s3://elsewhere/cnn.safetensors", "s3://elsewhere/cnn.safetensors: NoSuchBucket"),
            ):
                with self.subTest(place), folder() as build, self.assertRaisesRegex(AssertionError, reason):
                    self.serve(build, store, place)

    def test_files(self):
        with self.assertRaisesRegex(har_weights.WeightsError, "/nowhere: FileNotFoundError"):
            har_weights.load("/nowhere")
        model, digest = har_weights.load(support.weights("cnn"))
        self.assertEqual(digest, support.sha256_of(support.weights("cnn")))
        np.testing.assert_array_equal(model.predict(WINDOWS), MODELS["cnn"].predict(WINDOWS))
