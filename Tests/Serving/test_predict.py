"""Windows in, classes out: POST / and /predict, in every form, to the digit what `hartrain predict` says."""

import json
import unittest

import numpy

import checkpoints
import harness
import windows

OCTETS = {"Content-Type": "application/octet-stream"}
CSV = {"Content-Type": "text/csv"}
JSON = {"Content-Type": "application/json"}


class AnswerTests(harness.ServerTests):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.windows = numpy.concatenate([windows.made(6), windows.real(6)])
        cls.expected = windows.predict(checkpoints.CNN, windows.raw(cls.windows))
        # A test whose windows are all one class would prove little.
        assert len({answer.split(",")[0] for answer in cls.expected}) >= 3, cls.expected

    def assertAnswered(self, response, expected=None):
        self.assertEqual(response.status, 200, response)
        self.assertEqual(response.header("content-type"), "application/json")
        self.assertEqual(windows.answers(response.body), [answer.rstrip("}") + "}" for answer in expected or self.expected])

    def test_raw_floats(self):
        for path in ("/", "/predict"):
            self.assertAnswered(self.ask("POST", path, windows.raw(self.windows), OCTETS))

    def test_json(self):
        self.assertAnswered(self.ask("POST", "/predict", windows.as_json(self.windows), JSON))
        self.assertAnswered(self.ask("POST", "/predict", windows.as_json(self.windows[0], "window"), JSON), self.expected[:1])
        # Without a type, with that of `curl -d`, with parameters and with blanks where JSON allows them.
        body = json.dumps(json.loads(windows.as_json(self.windows)), indent=2).encode()
        for headers in ({}, {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "Application/JSON; charset=utf-8"}):
            self.assertAnswered(self.ask("POST", "/", body, headers))

    def test_every_layout_of_csv(self):
        other = [8, 3, 1, 0, 2, 4, 7, 6, 5]
        header = [windows.CHANNELS[column] for column in other]
        quoted = b"\n".join(b",".join(b'"%s"' % cell for cell in line.split(b",")) for line in windows.csv(self.windows).splitlines())
        layouts = {
            "commas": windows.csv(self.windows),
            "semicolons": windows.csv(self.windows, ";"),
            "semicolons and decimal commas": windows.csv(self.windows, ";", ","),
            "tabs": windows.csv(self.windows, "\t"),
            "lines of Windows": windows.csv(self.windows, end="\r\n"),
            "no last line end": windows.csv(self.windows).rstrip(),
            "a header": windows.csv(self.windows, header=windows.CHANNELS),
            "a header in another order": windows.csv(self.windows.reshape(-1, 9)[:, other], header=header),
            "a byte order mark": b"\xef\xbb\xbf" + windows.csv(self.windows),
            "blank lines": windows.csv(self.windows).replace(b"\n", b"\n\n", 40),
            "quotation marks": quoted,
        }
        for name, body in layouts.items():
            with self.subTest(name):
                self.assertAnswered(self.ask("POST", "/predict", body, CSV), windows.predict(checkpoints.CNN, body, ".csv"))
                self.assertAnswered(self.ask("POST", "/predict", body, CSV))

    def test_accept(self):
        body = windows.raw(self.windows)
        probabilities = windows.probabilities(self.expected)
        floats = probabilities.tobytes()
        lines = "".join(
            f"window {index + 1}: {row.argmax() + 1} {windows.CLASSES[row.argmax()]} {row.max():.4f}\n" for index, row in enumerate(probabilities)
        ).encode()
        kinds = {"application/json": None, "application/octet-stream": floats, "text/plain; charset=utf-8": lines}
        cases = {
            "application/octet-stream": "application/octet-stream",
            "text/plain": "text/plain; charset=utf-8",
            "*/*": "application/json",
            "text/*": "text/plain; charset=utf-8",
            "text/html, application/octet-stream;q=0.5, */*;q=0.1": "application/octet-stream",
            "application/json;q=0.2, text/plain;q=0.9": "text/plain; charset=utf-8",
            "APPLICATION/OCTET-STREAM": "application/octet-stream",
            "application/json;q=0, */*;q=0.5": "text/plain; charset=utf-8",
        }
        for accept, kind in cases.items():
            with self.subTest(accept):
                answer = self.ask("POST", "/predict", body, OCTETS | {"Accept": accept})
                self.assertEqual((answer.status, answer.header("content-type")), (200, kind))
                if kinds[kind] is not None:
                    self.assertEqual(answer.body, kinds[kind])
        self.assertRefused(self.ask("POST", "/predict", body, OCTETS | {"Accept": "image/png"}), 406, "image/png", "application/json")
        self.assertRefused(self.ask("POST", "/predict", body, OCTETS | {"Accept": "*/*;q=0"}), 406)
        # A field that comes several times is one list.
        fields = [*OCTETS.items(), ("Accept", "image/png"), ("Accept", "application/json;q=0.5"), ("Accept", "text/plain")]
        self.assertEqual(self.ask("POST", "/predict", body, fields).body, lines)

    def test_what_the_answer_says_of_the_model(self):
        answer = self.ask("POST", "/predict", windows.raw(self.windows), OCTETS)
        value = answer.json()
        (model,) = self.ask("GET", "/models").json()["models"]
        self.assertEqual((value["model"], value["version"], value["sha256"]), ("har", model["version"], model["sha256"]))
        self.assertEqual((answer.header("x-model"), answer.header("x-model-sha256")), ("har", model["sha256"]))
        self.assertEqual((value["data"], model["data"]), ("UCI HAR", "UCI HAR"))
        self.assertEqual(self.ask("GET", "/v2/models/har").json()["parameters"]["data"], "UCI HAR")
        self.assertIn("trained on UCI HAR", self.server.logged("listening")["models"][0])
        self.assertGreater(value["milliseconds"], 0)
        self.assertNotIn("warnings", value)

    def test_windows_far_from_the_training_cause_a_warning(self):
        strange = windows.made(2)
        strange[1, :, 6:] *= 9.81
        body = windows.raw(strange)
        answer = self.ask("POST", "/predict", body, OCTETS | {"X-Request-Id": "strange"})
        (warning,) = answer.json()["warnings"]
        self.assertIn("window 2: total_acc", warning)
        # Other forms have no room for it, the header has.
        self.assertEqual(answer.header("x-warning"), warning)
        for accept in ("text/plain", "application/octet-stream"):
            self.assertEqual(self.ask("POST", "/predict", body, OCTETS | {"Accept": accept}).header("x-warning"), warning)
        tensor = {"name": "windows", "datatype": "FP32", "shape": list(strange.shape), "data": strange.flatten().tolist()}
        self.assertEqual(self.ask("POST", "/v2/models/har/infer", json.dumps({"inputs": [tensor]}).encode(), JSON).header("x-warning"), warning)
        self.assertEqual(self.server.logged("request", request_id="strange")["warning"], warning)
        usual = self.ask("POST", "/predict", windows.raw(windows.made(2)), OCTETS | {"X-Request-Id": "usual"})
        self.assertIsNone(usual.header("x-warning"))
        self.assertNotIn("warning", self.server.logged("request", request_id="usual"))

    def test_many_windows(self):
        many = windows.made(400)
        answer = self.ask("POST", "/predict", windows.raw(many), OCTETS | {"Accept": "application/octet-stream"})
        self.assertEqual(answer.body, windows.probabilities(windows.predict(checkpoints.CNN, windows.raw(many))).tobytes())


class RefusalTests(harness.ServerTests):
    def json(self, text):
        return self.ask("POST", "/predict", text.encode() if isinstance(text, str) else text, JSON)

    def window(self, reading="[0,0,0,0,0,0,0,0,0]", place=None, count=128):
        """The text of a window of zeros with another reading at a place."""
        lines = ["[0,0,0,0,0,0,0,0,0]"] * count
        if place is not None:
            lines[place] = reading
        return "[" + ",".join(lines) + "]"

    def test_what_is_no_number_is_named_by_window_reading_and_channel(self):
        for text in ("NaN", "Infinity", "-Infinity", "null", '"1"', "true", "1e39", "-1e999", "01", "+1", ".5", "1.", "0x1", "--1", "{}"):
            with self.subTest(text):
                wrong = self.window(f"[0,0,{text},0,0,0,0,0,0]", 4)
                answer = self.json(f'{{"windows":[{self.window()},{wrong}]}}')
                self.assertRefused(answer, 400, "window 2, reading 5, channel body_acc_z", "line 1")
                self.assertRefused(self.json(f'{{"window":{wrong}}}'), 400, "window 1, reading 5, channel body_acc_z")

    def test_shapes(self):
        cases = {
            '{"window":[]}': "[0]",
            '{"windows":[]}': "[0]",
            f'{{"window":{self.window(count=127)}}}': "[127][9]",
            f'{{"window":{self.window(count=129)}}}': "[129][9]",
            f'{{"windows":{self.window()}}}': "[128][9]",
            f'{{"window":[{self.window()}]}}': "[1][128][9]",
            '{"window":[1,2,3]}': "[3]",
            f'{{"windows":[{self.window(count=64)}]}}': "[1][64][9]",
        }
        for text, shape in cases.items():
            with self.subTest(text[:40]):
                self.assertRefused(self.json(text), 400, f"has the shape {shape}, not")

    def test_ragged_and_deep(self):
        self.assertRefused(self.json(f'{{"window":{self.window("[0,0,0]", 6)}}}'), 400, "window 1, reading 7", "has 3 values, not 9")
        self.assertRefused(self.json(f'{{"window":{self.window("[0,0,0,0,0,0,0,0,0,0]", 6)}}}'), 400, "has 10 values, not 9")
        self.assertRefused(self.json(f'{{"windows":[{self.window()},{self.window(count=3)}]}}'), 400, "window 2", "has 3 values, not 128")
        self.assertRefused(self.json(f'{{"window":{self.window("[0,[0],0]", 6)}}}'), 400, "reading 7")
        self.assertRefused(self.json(f'{{"window":{self.window("5", 6)}}}'), 400, "reading 7", "must be an array")
        for depth in (9, 1000, 1_000_000):
            self.assertRefused(self.json('{"window":' + "[" * depth), 400)
            self.assertRefused(self.json('{"id":' + "[" * depth), 400)
            self.assertRefused(self.json('{"window":' * depth), 400)

    def test_what_is_no_object_of_windows(self):
        for text in ("{}", "[]", "5", '"window"', "{", '{"window"', '{"window":', '{"window":[', "[[1]]", '{"window":{}}', "nul"):
            self.assertRefused(self.json(text), 400)
        self.assertRefused(self.json('{"windws":[]}'), 400, "windws", "unknown")
        self.assertRefused(self.json(f'{{"window":{self.window()},"hop":3}}'), 400, "hop", "unknown")
        self.assertRefused(self.json(f'{{"window":{self.window()},"window":{self.window()}}}'), 400, 'found the key "window" again')
        self.assertRefused(self.json(f'{{"window":{self.window()},"windows":[{self.window()}]}}'), 400, "not both")
        self.assertRefused(self.json(f'{{"window":{self.window()}}} x'), 400)
        self.assertRefused(self.json(b'{"w\xff":1}'), 400)
        for kind in (JSON, CSV, OCTETS, {}):
            self.assertRefused(self.ask("POST", "/predict", b"", kind), 400, "the body is empty")
        self.assertRefused(self.ask("POST", "/predict"), 400, "the body is empty")

    def test_csv(self):
        good = windows.csv(windows.made(1))
        lines = good.splitlines()

        def changed(place, line):
            return b"\n".join(lines[:place] + [line] + lines[place + 1 :]) + b"\n"

        cases = [
            (changed(7, b"1,2,3,4,5,6,7,8"), "line 8: 8 values, not 9"),
            (changed(7, b"1,2,3,4,5,6,7,8,nan"), "line 8, column 17: value 9, 'nan', is not a finite number"),
            (changed(7, b"1,2,inf,4,5,6,7,8,9"), "value 3, 'inf'"),
            (changed(7, b"1,2,1e39,4,5,6,7,8,9"), "value 3, '1e39'"),
            (changed(7, b"1,2,,4,5,6,7,8,9"), "line 8"),
            (b"\n".join(lines[:100]), "window 1 ends after 100 readings, not 128"),
            (good + lines[0], "window 2 ends after 1 reading, not 128"),
            (b"\n\n", "no windows in it"),
            (b"a,b,c\n" + good, "no column is called 'body_acc_x'"),
            (b"1," * 40000, "the line is longer than 65536 bytes"),
        ]
        for body, words in cases:
            with self.subTest(words):
                self.assertRefused(self.ask("POST", "/predict", body, CSV), 400, words)

    def test_raw_floats(self):
        body = windows.raw(windows.made(2))
        self.assertRefused(self.ask("POST", "/predict", body[:-1], OCTETS), 400, "9215 bytes are no whole number of windows of 4608 bytes")
        self.assertRefused(self.ask("POST", "/predict", body + bytes(4), OCTETS), 400, "9220 bytes")
        for value in ("nan", "inf", "-inf"):
            wrong = windows.made(2)
            wrong[1, 4, 2] = float(value)
            answer = self.ask("POST", "/predict", windows.raw(wrong), OCTETS)
            self.assertRefused(answer, 400, "not a finite number")
            self.assertRefused(answer, 400, "window 2, reading 5, channel body_acc_z")
        self.assertRefused(self.ask("POST", "/predict", windows.made(2).astype("<f8").tobytes(), OCTETS), 400, "look like 64-bit floats")

    def test_media_types(self):
        for kind in ("image/png", "application/xml", "text/html", "application/x-ndjson", "multipart/mixed", "nonsense", ""):
            answer = self.ask("POST", "/predict", b"{}", {"Content-Type": kind})
            self.assertRefused(answer, 415, "is not understood", "application/json, text/csv, application/octet-stream")

    def test_paths_and_methods(self):
        self.assertRefused(self.ask("GET", "/nowhere"), 404, "/nowhere")
        self.assertRefused(self.ask("POST", "/predict/more", b"{}"), 404)
        self.assertRefused(self.ask("POST", "/v3", b"{}"), 404)
        for method, path, allowed in (
            ("GET", "/predict", {"POST"}), ("PUT", "/predict", {"POST"}), ("DELETE", "/", {"GET", "HEAD", "POST"}), ("POST", "/metrics", {"GET", "HEAD"}),
            ("GET", "/recording", {"POST"}), ("POST", "/v2/models/har", {"GET", "HEAD"}), ("GET", "/v2/models/har/infer", {"POST"}),
            ("OPTIONS", "/predict", {"POST"}), ("QUERY", "/predict", {"POST"}), ("PROPFIND", "/models", {"GET", "HEAD"}), ("PATCH", "/v2/specialize", {"POST"}),
        ):
            with self.subTest(f"{method} {path}"):
                answer = self.ask(method, path, None if method in ("GET", "OPTIONS", "PROPFIND") else b"{}")
                self.assertRefused(answer, 405, method)
                self.assertEqual(set(answer.header("allow").split(", ")), allowed)

    def test_parameters(self):
        body = windows.raw(windows.made(1))
        self.assertRefused(self.ask("POST", "/predict?modle=har", body, OCTETS), 400, "'modle' is unknown")
        self.assertRefused(self.ask("POST", "/predict?model=other", body, OCTETS), 404, "no model 'other'", "har")
        self.assertEqual(self.ask("POST", "/predict?model=har", body, OCTETS).status, 200)
        self.assertEqual(self.ask("POST", "/predict?model=%68ar", body, OCTETS).status, 200)

    def test_values_that_give_no_finite_probabilities(self):
        huge = numpy.full((1, 128, 9), 3e38, "f4")
        huge[:, ::2] *= -1
        answer = self.ask("POST", "/predict", windows.raw(huge), OCTETS | {"Accept": "application/octet-stream"})
        if answer.status == 200:
            self.assertTrue(numpy.isfinite(numpy.frombuffer(answer.body, "<f4")).all())
        else:
            self.assertRefused(answer, 400)


class SeveralModelsTests(harness.ServerTests):
    weights = None
    arguments = ("--model", f"cnn={checkpoints.CNN}", "--model", f"lstm={checkpoints.LSTM}")

    def test_each_by_its_name_and_the_first_without(self):
        data = windows.made(4)
        for name, weights in (("cnn", checkpoints.CNN), ("lstm", checkpoints.LSTM), (None, checkpoints.CNN)):
            expected = windows.probabilities(windows.predict(weights, windows.raw(data))).tobytes()
            path = "/predict" + (f"?model={name}" if name else "")
            answer = self.ask("POST", path, windows.raw(data), OCTETS | {"Accept": "application/octet-stream"})
            self.assertEqual(answer.body, expected, name)
            self.assertEqual(answer.header("x-model"), name or "cnn")

    def test_unknown(self):
        body = windows.raw(windows.made(1))
        self.assertRefused(self.ask("POST", "/predict?model=har", body, OCTETS), 404, "no model 'har': the models are cnn, lstm")
        self.assertRefused(self.ask("GET", "/v2/models/har"), 404)

    def test_all_are_listed(self):
        self.assertEqual([model["name"] for model in self.ask("GET", "/models").json()["models"]], ["cnn", "lstm"])
        self.assertEqual(self.server.metric("harfunction_model_info", model="lstm"), 1)


class FormTests(harness.ServerTests):
    """What the page's form sends where there is no JavaScript."""

    def post(self, *fields, boundary="----har", end=None):
        body = b""
        for name, file, value in fields:
            disposition = f'form-data; name="{name}"' + (f'; filename="{file}"' if file is not None else "")
            body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + value + b"\r\n"
        body += f"--{boundary}--\r\n".encode() if end is None else end
        return self.ask("POST", "/", body, {"Content-Type": f'multipart/form-data; boundary="{boundary}"'})

    def test_recordings(self):
        data = windows.made(3)
        expected = [json.loads("{" + answer) for answer in windows.predict(checkpoints.CNN, windows.raw(data))]
        for field in (("recording", "walk.csv", windows.csv(data)), ("recording", "walk.f32", windows.raw(data)), ("readings", None, windows.csv(data))):
            page = self.post(field, ("readings", None, b""))
            self.assertEqual((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), page)
            text = page.body.decode()
            self.assertEqual(text.count("<tr><td>"), 3)
            for answer in expected:
                self.assertIn(f"<td>{answer['name']}</td>", text)

    def test_windows_far_from_the_training_are_told(self):
        strange = windows.made(2)
        for factor in (1, 9.81):
            strange[:, :, 6:] *= factor
            page = self.post(("recording", "walk.csv", windows.csv(strange)))
            self.assertEqual(b'<p role="note">window 1: total_acc' in page.body, factor > 1)

    def test_names_are_no_html(self):
        page = self.post(("recording", "<script>alert(1)</script>&", windows.csv(windows.made(1))))
        self.assertEqual(page.status, 200)
        self.assertNotIn(b"<script>alert", page.body)
        page = self.post(("recording", "a.csv", b"<script>alert(1)</script>,1,2,3,4,5,6,7,8\n" * 200))
        self.assertEqual(page.status, 400)
        self.assertNotIn(b"<script>alert", page.body)

    def test_what_is_wrong_is_told(self):
        self.assertEqual(self.post(("recording", "a.csv", b"1,2,3\n")).status, 400)
        self.assertEqual(self.post(("recording", "", b""), ("readings", None, b"")).status, 400)
        self.assertEqual(self.post(("other", None, b"1")).status, 400)
        self.assertEqual(self.post(*[("x", None, b"1")] * 40).status, 400)
        self.assertEqual(self.post(("readings", None, windows.csv(windows.made(1))), end=b"").status, 400)
        for kind in ("multipart/form-data", "multipart/form-data; boundary=", f"multipart/form-data; boundary={'x' * 71}"):
            self.assertEqual(self.ask("POST", "/", b"--x\r\n", {"Content-Type": kind}).status, 400)


if __name__ == "__main__":
    unittest.main()
