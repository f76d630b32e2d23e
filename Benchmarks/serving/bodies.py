"""What is sent: real windows in every form that the servers take, and how their answers are read."""
import json
import os
import subprocess

import numpy


class Form:
    """A form of request and answer."""

    def __init__(self, path, content_type, write, read):
        self.path, self.content_type, self.write, self.read = path, content_type, write, read


def read_predictions(answer):
    [prediction] = json.loads(answer)["predictions"]
    return prediction["class"], prediction["name"], prediction["probabilities"]


def read_tensors(answer):
    outputs = {output["name"]: output["data"] for output in json.loads(answer)["outputs"]}
    return outputs["label"][0] + 1, outputs["name"][0], outputs["probabilities"]


def tensor(rows):
    numbers = ",".join(",".join(row) for row in rows)
    shape = [1, len(rows), len(rows[0])]
    return f'{{"inputs":[{{"name":"windows","datatype":"FP32","shape":{json.dumps(shape)},"data":[{numbers}]}}]}}'.encode()


# A window is rows of numbers as text, with the digits that they have in the data.
FORMS = {
    "float32": Form(
        "/predict", "application/octet-stream", lambda rows: numpy.array(rows, "<f4").tobytes(), read_predictions),
    "JSON": Form(
        "/predict", "application/json",
        lambda rows: ('{"window":[' + ",".join("[" + ",".join(row) + "]" for row in rows) + "]}").encode(), read_predictions),
    "V2 JSON": Form("/v2/models/har/infer", "application/json", tensor, read_tensors),
}


class Bodies:
    """Some windows of a data set as bodies of all forms, in files for wrk."""

    def __init__(self, hartrain, data, count, folder):
        def read(*options):
            command = [hartrain, "data", "--data", data, *options]
            return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)

        self.data = json.loads(read("--json").stdout)
        # Spread over the test windows, so that many activities and volunteers come.
        stride = self.data["test"]["windows"] // count
        windows, self.labels = [], []
        for index in range(count):
            window = read("--window", str(index * stride + 1))
            windows.append([line.split(",") for line in window.stdout.split()])
            # "test window 1: volunteer 2, STANDING"
            self.labels.append(window.stderr.split()[-1])
        self.count = count
        self.bodies = {name: [form.write(rows) for rows in windows] for name, form in FORMS.items()}
        self.folders = {name: os.path.join(folder, name.replace(" ", "-")) for name in FORMS}
        for name, bodies in self.bodies.items():
            os.makedirs(self.folders[name])
            for index, body in enumerate(bodies):
                with open(os.path.join(self.folders[name], str(index + 1)), "wb") as file:
                    file.write(body)
