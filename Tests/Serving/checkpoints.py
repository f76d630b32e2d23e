"""Checkpoints for the tests: the pretrained ones, and others made of them."""

import json
import os
import pathlib
import struct

import numpy

PRETRAINED = pathlib.Path(__file__).resolve().parents[2] / "Checkpoints" / "pretrained"
CNN = PRETRAINED / "cnn" / "best.safetensors"
LSTM = PRETRAINED / "lstm" / "best.safetensors"


def read(path):
    """The metadata and the tensors of a file."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__")
    body = data[8 + length :]
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(body[start:end], "<f4").reshape(entry["shape"])
    return metadata, tensors


def write(path, metadata, tensors):
    """Writes a file, and puts it in its place in one step."""
    header, body = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        data = tensor.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    replace(path, struct.pack("<Q", len(text)) + text + body)


def replace(path, data):
    """Gives a path other bytes by a rename, as every careful publisher does."""
    path = pathlib.Path(path)
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(data)
    os.replace(beside, path)


def other_cnn(path):
    """Another version of the CNN: same shape and classes, other probabilities."""
    metadata, tensors = read(CNN)
    tensors["dense.bias"] = tensors["dense.bias"] + numpy.linspace(-1.5, 1.5, 6, dtype="f4")
    write(path, metadata, tensors)


def short_lstm(path):
    """The LSTM for windows of 64 readings: no version that may take the place of one for 128."""
    metadata, tensors = read(LSTM)
    model = json.loads(metadata["hartrain.model"])
    model["input"]["steps"] = 64
    metadata |= {"hartrain.model": json.dumps(model, separators=(",", ":")), "hartrain.window": "64"}
    for name in ("standardize.mean", "standardize.std"):
        tensors[name] = tensors[name][:64]
    write(path, metadata, tensors)
