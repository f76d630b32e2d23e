"""Weights from a file or from S3, and the model that they make."""

import hashlib
import io
import json
import posixpath

from hartrain_numpy import Model


class WeightsError(Exception):
    """No model could be made; the message says of what, and why."""


def load(place):
    """The model whose weights are at a place, and their SHA-256.

    A place is a file or s3://BUCKET/KEY; a key that ends in "latest.json" leads to the version that `hartrain upload` published last.
    What ends in ".onnx" is run by ONNX Runtime, everything else by NumPy.
    """
    try:
        place, content = _download(place) if place.startswith("s3://") else (place, _read(place))
        model = _onnx(content) if place.endswith(".onnx") else Model(io.BytesIO(content))
    except WeightsError:
        raise
    except Exception as error:  # S3, files and two formats fail in many ways; whoever starts the function needs the place with each
        raise WeightsError(f"{place}: {type(error).__name__}: {error}") from error
    return model, hashlib.sha256(content).hexdigest()


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _download(place):
    import boto3  # here, because weights in a file need none

    s3 = boto3.client("s3")

    def get(key):
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    bucket, _, key = place[len("s3://") :].partition("/")
    if posixpath.basename(key) != "latest.json":
        return place, get(key)
    pointer = json.loads(get(key))
    content = get(posixpath.join(posixpath.dirname(key), pointer["path"]))
    if hashlib.sha256(content).hexdigest() != pointer["sha256"]:
        raise WeightsError(f"{place}: {pointer['path']} is damaged: its SHA-256 is not the one that latest.json promises")
    return posixpath.join(posixpath.dirname(place), pointer["path"]), content


def _onnx(content):
    try:
        import onnxruntime
    except ImportError as error:
        raise WeightsError("weights in ONNX need onnxruntime: pip install onnxruntime, or take a .safetensors file") from error
    return OnnxModel(onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"]))


class OnnxModel:
    """What `hartrain export --to onnx` wrote, as hartrain_numpy's Model."""

    def __init__(self, session):
        self.session = session
        metadata = session.get_modelmeta().custom_metadata_map
        self.classes = json.loads(metadata["hartrain.classes"])
        self.channels = json.loads(metadata["hartrain.channels"])
        self.data = metadata.get("hartrain.data_source", "unknown")
        self.window = tuple(session.get_inputs()[0].shape[1:])

    def predict(self, windows):
        (probabilities,) = self.session.run(["probabilities"], {"window": windows})
        return probabilities
