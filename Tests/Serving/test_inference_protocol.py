"""The Open Inference Protocol: Triton's own client, unchanged, and what that client would never send."""

import json
import struct
import unittest

import numpy
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

import checkpoints
import harness
import windows


class TritonClientTests(harness.ServerTests):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = triton.InferenceServerClient(f"127.0.0.1:{cls.server.port}", concurrency=2)
        cls.addClassCleanup(cls.client.close)
        cls.windows = windows.made(5)
        cls.expected = windows.probabilities(windows.predict(checkpoints.CNN, windows.raw(cls.windows)))
        cls.labels = cls.expected.argmax(axis=1)

    def input(self, data, binary=True):
        tensor = triton.InferInput("windows", list(data.shape), "FP32")
        tensor.set_data_from_numpy(data, binary_data=binary)
        return [tensor]

    def assertBits(self, found, expected):
        self.assertEqual((found.dtype, found.shape), (expected.dtype, expected.shape))
        self.assertEqual(found.tobytes(), expected.tobytes())

    def test_probes(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        self.assertTrue(self.client.is_model_ready("har"))
        self.assertFalse(self.client.is_model_ready("other"))
        version = self.client.get_model_metadata("har")["versions"][0]
        self.assertTrue(self.client.is_model_ready("har", version))
        self.assertFalse(self.client.is_model_ready("har", "0"))
        # The client looks at the status alone.
        for path in ("/v2/models/har/ready", f"/v2/models/har/versions/{version}/ready"):
            self.assertEqual(self.server.ask("GET", path).json(), {"name": "har", "ready": True})

    def test_metadata(self):
        server = self.client.get_server_metadata()
        self.assertEqual(server["extensions"], ["binary_tensor_data"])
        self.assertTrue(server["name"] and server["version"])
        model = self.client.get_model_metadata("har")
        self.assertEqual(model["inputs"], [{"name": "windows", "datatype": "FP32", "shape": [-1, 128, 9]}])
        self.assertEqual(
            model["outputs"],
            [
                {"name": "probabilities", "datatype": "FP32", "shape": [-1, 6]}, {"name": "label", "datatype": "INT64", "shape": [-1]},
                {"name": "name", "datatype": "BYTES", "shape": [-1]},
            ],
        )
        with self.assertRaisesRegex(InferenceServerException, "no model 'other'"):
            self.client.get_model_metadata("other")

    def test_all_outputs(self):
        for binary in (True, False):
            with self.subTest(binary=binary):
                result = self.client.infer("har", self.input(self.windows, binary), request_id="request-7")
                self.assertBits(result.as_numpy("probabilities"), self.expected)
                self.assertEqual(result.as_numpy("label").tolist(), self.labels.tolist())
                self.assertEqual(result.as_numpy("label").dtype, numpy.int64)
                names = [name.decode() if isinstance(name, bytes) else name for name in result.as_numpy("name")]
                self.assertEqual(names, [windows.CLASSES[label] for label in self.labels])
                answer = result.get_response()
                self.assertEqual((answer["id"], answer["model_name"]), ("request-7", "har"))

    def test_requested_outputs(self):
        for binary_in in (True, False):
            for binary_out in (True, False):
                with self.subTest(f"{binary_in} {binary_out}"):
                    outputs = [triton.InferRequestedOutput("label", binary_out), triton.InferRequestedOutput("probabilities", binary_out)]
                    result = self.client.infer("har", self.input(self.windows, binary_in), outputs=outputs)
                    self.assertEqual([output["name"] for output in result.get_response()["outputs"]], ["label", "probabilities"])
                    self.assertBits(result.as_numpy("probabilities"), self.expected)
                    self.assertEqual(result.as_numpy("label").tolist(), self.labels.tolist())
                    self.assertIsNone(result.as_numpy("name"))

    def test_mixed_outputs(self):
        outputs = [triton.InferRequestedOutput("name", True), triton.InferRequestedOutput("label", False), triton.InferRequestedOutput("probabilities", True)]
        result = self.client.infer("har", self.input(self.windows), outputs=outputs)
        self.assertBits(result.as_numpy("probabilities"), self.expected)
        self.assertEqual([name.decode() for name in result.as_numpy("name")], [windows.CLASSES[label] for label in self.labels])
        self.assertEqual(result.as_numpy("label").tolist(), self.labels.tolist())

    def test_a_version(self):
        version = self.client.get_model_metadata("har")["versions"][0]
        self.assertBits(self.client.infer("har", self.input(self.windows), model_version=version).as_numpy("probabilities"), self.expected)
        with self.assertRaisesRegex(InferenceServerException, f"no version '7': it is at {version}"):
            self.client.infer("har", self.input(self.windows), model_version="7")

    def test_asynchronous(self):
        waiting = [self.client.async_infer("har", self.input(self.windows[index : index + 1])) for index in range(5)]
        for index, request in enumerate(waiting):
            self.assertBits(request.get_result().as_numpy("probabilities"), self.expected[index : index + 1])

    def test_what_is_wrong_is_told_by_the_exception(self):
        cases = [
            (self.windows[:, :64], "'shape' must be .windows, 128, 9."),
            (self.windows[0], "'shape' must be .windows, 128, 9."),
            (self.windows[:0], "'shape' must be .windows, 128, 9."),
            (numpy.full((2, 128, 9), numpy.nan, "f4"), "finite"),
        ]
        for data, words in cases:
            with self.subTest(words), self.assertRaisesRegex(InferenceServerException, words) as caught:
                self.client.infer("har", self.input(data))
            self.assertEqual(caught.exception.status(), "400")
        with self.assertRaisesRegex(InferenceServerException, "no output 'logits': the outputs are probabilities, label, name"):
            self.client.infer("har", self.input(self.windows), outputs=[triton.InferRequestedOutput("logits")])
        with self.assertRaisesRegex(InferenceServerException, "classification"):
            self.client.infer("har", self.input(self.windows), outputs=[triton.InferRequestedOutput("label", class_count=3)])
        tensor = triton.InferInput("images", [1, 128, 9], "FP32")
        tensor.set_data_from_numpy(self.windows[:1])
        with self.assertRaisesRegex(InferenceServerException, "no input 'images': the input is 'windows'"):
            self.client.infer("har", [tensor])
        tensor = triton.InferInput("windows", [1, 128, 9], "FP64")
        tensor.set_data_from_numpy(self.windows[:1].astype("f8"))
        with self.assertRaisesRegex(InferenceServerException, "'datatype' must be FP32, found 'FP64'"):
            self.client.infer("har", [tensor])
        with self.assertRaisesRegex(InferenceServerException, "one tensor"):
            self.client.infer("har", self.input(self.windows) * 2)
        with self.assertRaisesRegex(InferenceServerException, "no model 'other'"):
            self.client.infer("other", self.input(self.windows))


class RawRequestTests(harness.ServerTests):
    path = "/v2/models/har/infer"

    def infer(self, value, tensors=b"", length=None):
        text = json.dumps(value).encode() if not isinstance(value, bytes) else value
        headers = {"Inference-Header-Content-Length": str(len(text)) if length is None else length} if tensors or length is not None else {}
        return self.ask("POST", self.path, text + tensors, headers)

    def tensor(self, count=1, **fields):
        return {"name": "windows", "datatype": "FP32", "shape": [count, 128, 9]} | fields

    def test_flat_and_nested_data(self):
        data = windows.made(2)
        expected = windows.probabilities(windows.predict(checkpoints.CNN, windows.raw(data)))
        flat = windows.nested(data.ravel())
        for values in (flat, windows.nested(data)):
            answer = self.infer({"inputs": [self.tensor(2, data=values)]})
            self.assertEqual((answer.status, answer.header("content-type")), (200, "application/json"))
            outputs = {output["name"]: output for output in answer.json()["outputs"]}
            self.assertEqual(outputs["probabilities"]["shape"], [2, 6])
            self.assertEqual(numpy.array(outputs["probabilities"]["data"], "f4").tobytes(), expected.tobytes())
        self.assertRefused(self.infer({"inputs": [self.tensor(2, data=[flat[:1152], flat[1152:]])]}), 400, "has the shape [2, 1152]")

    def test_binary_outputs_for_all(self):
        data = windows.made(3)
        expected = windows.probabilities(windows.predict(checkpoints.CNN, windows.raw(data)))
        answer = self.infer({"parameters": {"binary_data_output": True}, "inputs": [self.tensor(3, data=windows.nested(data.ravel()))]})
        self.assertEqual(answer.status, 200)
        length = int(answer.header("inference-header-content-length"))
        sizes = [output["parameters"]["binary_data_size"] for output in json.loads(answer.body[:length])["outputs"]]
        self.assertEqual(len(answer.body), length + sum(sizes))
        self.assertEqual(answer.body[length : length + sizes[0]], expected.tobytes())
        self.assertEqual(struct.unpack("<3q", answer.body[length + sizes[0] :][: sizes[1]]), tuple(expected.argmax(axis=1)))

    def test_refusals(self):
        raw = windows.raw(windows.made(1))
        flat = windows.nested(windows.made(1).ravel())
        binary = {"parameters": {"binary_data_size": 4608}}
        wrong = flat.copy()
        wrong[500] = "x"
        cases = [
            ({}, b"", "'inputs' must hold the tensor 'windows'"),
            ({"inputs": []}, b"", "'inputs' must hold the tensor 'windows'"),
            ({"inputs": [self.tensor()]}, b"", "neither 'data' nor 'binary_data_size'"),
            ({"inputs": [self.tensor(data=flat[1:])]}, b"", "'data' holds 1151 numbers"),
            ({"inputs": [self.tensor(2, data=flat)]}, b"", "'data' holds 1152 numbers"),
            ({"inputs": [self.tensor(2**62, data=flat)]}, b"", "far more"),
            ({"inputs": [self.tensor(10**30, data=flat)]}, b"", "at most 64 bits"),
            ({"inputs": [self.tensor(1.5, data=flat)]}, b"", "'shape'"),
            ({"inputs": [self.tensor(-1, data=flat)]}, b"", "'shape' must be"),
            ({"inputs": [self.tensor(data=wrong)]}, b"", "window 1, reading 56, channel body_gyro_z must be a finite number"),
            ({"inputs": [self.tensor(data=flat, extra=1)]}, b"", "\"extra\" of the tensor is unknown"),
            ({"inputs": [self.tensor(data=flat)], "extra": 1}, b"", "\"extra\" is unknown"),
            ({"inputs": [self.tensor(data=flat)], "outputs": {}}, b"", "'outputs' must be a list"),
            ({"inputs": [self.tensor(data=flat)], "outputs": [5]}, b"", "no output ''"),
            ({"inputs": [self.tensor(data=flat)], "id": 5}, b"", "'id' must be a text"),
            ({"inputs": [self.tensor(data=flat)], "parameters": {"binary_data_output": 1}}, b"", "must be true or false"),
            ({"inputs": [self.tensor(data=flat)]}, raw, "no tensor says that they are its own"),
            ({"inputs": [self.tensor(**binary)]}, raw[:-4], "4604 bytes follow the JSON"),
            ({"inputs": [self.tensor(**binary)]}, raw + b"\0", "4609 bytes follow the JSON"),
            ({"inputs": [self.tensor(**binary)]}, b"", "0 bytes follow the JSON"),
            ({"inputs": [self.tensor(parameters={"binary_data_size": -4})]}, raw, "'binary_data_size' says -4"),
            ({"inputs": [self.tensor(data=flat, **binary)]}, raw, "both 'data' and 'binary_data_size'"),
            ({"inputs": self.tensor(data=flat)}, b"", ""),
            ([], b"", ""),
            (b"", b"", ""),
            (b"{", b"", ""),
        ]
        for value, tensors, words in cases:
            with self.subTest(words or str(value)[:60]):
                self.assertRefused(self.infer(value, tensors), 400, words)
        for length in ("0", "-1", "99999", "x", "", "1e3", "99999999999999999999"):
            self.assertRefused(self.infer({"inputs": [self.tensor(**binary)]}, raw, length), 400, "Inference-Header-Content-Length")

    def test_an_output_is_given_once(self):
        """Or a small request could ask for an answer of any size."""
        flat = windows.nested(windows.made(1).ravel())
        self.assertRefused(self.infer({"inputs": [self.tensor(data=flat)], "outputs": [{"name": "label"}] * 2}), 400, "label")

    def test_what_a_value_that_is_no_number_is_called(self):
        data = windows.nested(windows.made(2))
        data[1][4][2] = None
        answer = self.infer({"inputs": [self.tensor(2, data=data)]})
        self.assertRefused(answer, 400, "window 2, reading 5, channel body_acc_z")
        binary = windows.made(2)
        binary[1, 4, 2] = numpy.inf
        answer = self.infer({"inputs": [self.tensor(2, parameters={"binary_data_size": 9216})]}, windows.raw(binary))
        self.assertRefused(answer, 400, "window 2, reading 5, channel body_acc_z")


if __name__ == "__main__":
    unittest.main()
