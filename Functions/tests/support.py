"""What the tests of Functions/ share: windows with right answers, functions as platforms lay them out, servers on loopback."""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import numpy as np
import yaml

FUNCTIONS = pathlib.Path(__file__).parents[1]
ROOT = FUNCTIONS.parent
PLATFORMS = pathlib.Path(__file__).parent / "platforms"
sys.path[:0] = [str(FUNCTIONS), str(FUNCTIONS / "python-har")]

from hartrain_numpy import Model  # noqa: E402

HELLO = "Hello, World!\n"
TOLERANCE = 1e-5


def weights(model):
    return str(ROOT / "Checkpoints" / "pretrained" / model / "best.safetensors")


def some_windows(count):
    """Windows that are told apart: readings of a phone that is turned further and shaken harder from one to the next."""
    generator = np.random.default_rng(14)
    windows = generator.normal(0, 1, (count, 128, 9)) * np.geomspace(0.01, 1, count)[:, None, None]
    windows[:, :, 6:] += np.array([np.cos(np.arange(count)), np.sin(np.arange(count)), np.zeros(count)]).T[:, None]
    return windows.astype(np.float32)


WINDOWS = some_windows(8)
MODELS = {name: Model(weights(name)) for name in ("cnn", "lstm")}


def as_json(windows):
    return json.dumps({"windows": [[[float(str(value)) for value in reading] for reading in window] for window in windows]}).encode()


def as_csv(windows):
    return "".join(",".join(str(value) for value in reading) + "\n" for reading in windows.reshape(-1, 9)).encode()


BODIES = [
    ("application/json", as_json(WINDOWS)),
    ("text/csv; charset=utf-8", as_csv(WINDOWS)),
    ("application/octet-stream", WINDOWS.astype("<f4").tobytes()),
]


def program(variable):
    """The program that a variable names, or the test is skipped."""
    path = os.environ.get(variable)
    if not path:
        raise unittest.SkipTest(f"{variable} names no program")
    return path


class AnswerCase(unittest.TestCase):
    """Compares answers of the inference functions with the model's own."""

    def assert_answers(self, text, model, windows=WINDOWS):
        answer = json.loads(text)
        self.assertEqual(set(answer), {"model", "version", "sha256", "data", "predictions", "milliseconds"})
        self.assertEqual(answer["data"], "UCI HAR")
        self.assertEqual(answer["model"], "har")
        self.assertEqual(answer["sha256"], sha256_of(weights(model)))
        self.assertEqual(answer["version"], answer["sha256"][:16])
        self.assertGreater(answer["milliseconds"], 0)
        expected = MODELS[model].predict(windows)
        found = np.array([prediction["probabilities"] for prediction in answer["predictions"]])
        self.assertEqual(found.shape, expected.shape)
        self.assertLess(np.abs(found - expected).max(), TOLERANCE)
        best = expected.argmax(axis=1)
        self.assertEqual([prediction["class"] for prediction in answer["predictions"]], [int(index) + 1 for index in best])
        self.assertEqual([prediction["name"] for prediction in answer["predictions"]], [MODELS[model].classes[index] for index in best])


def sha256_of(path):
    output = subprocess.run(["sha256sum", path], check=True, capture_output=True, text=True).stdout
    return output.split()[0]


def documents(path):
    """The documents of a YAML file under Functions/."""
    return [document for document in yaml.safe_load_all((FUNCTIONS / path).read_text()) if document]


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory() as place:
        yield pathlib.Path(place)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(**variables):
    """Nothing of whoever runs the tests but where programs are: no AWS keys, no PYTHONPATH."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables}


class Server:
    """A process that serves HTTP on loopback; `ask` calls it."""

    def __init__(self, command, cwd, port, **environment):
        self.port = port
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, cwd=cwd, env=clean_environment(**environment), stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                text = self.output()
                self.stop()
                raise AssertionError(f"{command} does not serve:\n{text}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def output(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def seconds_of_work(self):
        """The processor time that the process has taken."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def ask(self, body=b"", content_type=None, path="/", method="POST", chunked=False):
        """The status, type and text of an answer."""
        headers = {"Content-Type": content_type} if content_type else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            # An iterable has no length, so it is sent in chunks, as of-watchdog sends every body.
            pieces = (body[start : start + 1000] for start in range(0, len(body), 1000))
            connection.request(method, path, pieces if chunked else body, headers, encode_chunked=chunked)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type"), answer.read().decode()
        finally:
            connection.close()


class Store:
    """An S3 server on loopback that checks signatures, with a bucket "models", and the requests that came."""

    def __init__(self):
        command = [sys.executable, str(ROOT / "Tests" / "S3" / "serve.py"), "moto"]
        self.home = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(command, cwd=self.home.name, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.facts = json.loads(self.process.stdout.readline())
        keys = [f"aws_{name} = {self.facts[name]}" for name in ("session_token",) if self.facts[name]]
        self.credentials = pathlib.Path(self.home.name) / "credentials"
        lines = ["[default]", f"aws_access_key_id = {self.facts['access_key']}", f"aws_secret_access_key = {self.facts['secret_key']}", *keys]
        self.credentials.write_text("\n".join(lines) + "\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.home.cleanup()

    def variables(self, place):
        """The variables that the manifests set."""
        return {
            "HARFUNCTION_WEIGHTS": place,
            "AWS_ENDPOINT_URL": self.facts["endpoint"],
            "AWS_SHARED_CREDENTIALS_FILE": str(self.credentials),
        }

    def put(self, key, content):
        import boto3

        session = boto3.Session(self.facts["access_key"], self.facts["secret_key"], self.facts["session_token"], "us-east-1")
        session.client("s3", endpoint_url=self.facts["direct"]).put_object(Bucket="models", Key=key, Body=content)

    def publish(self, model):
        """Puts a model where `hartrain upload s3://models/har` does."""
        digest = sha256_of(weights(model))
        content = pathlib.Path(weights(model)).read_bytes()
        pointer = {"format": 1, "model": model, "sha256": digest, "bytes": len(content), "path": f"{digest}/model.safetensors"}
        self.put(f"har/{model}/{digest}/model.safetensors", content)
        self.put(f"har/{model}/latest.json", json.dumps({**pointer, "program": "hartrain"}).encode())

    def requests(self):
        """Ends the server, and returns what came through the proxy: method and path of each."""
        self.process.terminate()
        return [(line["method"], line["path"]) for line in map(json.loads, self.process.stdout)]


def lay_out(name, place):
    """What `faas-cli build` makes the context of an image: the template, and the function's folder in it. Returns the function's entry."""
    function = yaml.safe_load((FUNCTIONS / "openfaas" / "stack.yaml").read_text())["functions"][name]
    template = FUNCTIONS / "openfaas" / "template" / function["lang"]
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(template, place, dirs_exist_ok=True, ignore=ignored)
    shutil.copytree(FUNCTIONS / "openfaas" / function["handler"], place / "function", ignore=ignored)
    return function
