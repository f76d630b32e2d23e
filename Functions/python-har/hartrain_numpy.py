"""Runs hartrain's models with nothing but NumPy: reads a checkpoint (.safetensors) and classifies raw windows.

    model = Model("best.safetensors")
    probabilities = model.predict(windows)          # [n, steps, channels] raw readings -> [n, classes]

    python3 hartrain_numpy.py best.safetensors windows.csv      # prints what 'hartrain predict' prints

Shapes in the comments are those of NumPy arrays; activations are [n, steps, channels], as in hartrain's memory.
"""

import json
import struct
import sys

import numpy as np


def read_safetensors(source):
    """The tensors of a file (its path, or what is open for reading), by name, and its metadata."""
    if not hasattr(source, "read"):
        with open(source, "rb") as file:
            return read_safetensors(file)
    (length,) = struct.unpack("<Q", source.read(8))
    header = json.loads(source.read(length))
    data = source.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise ValueError(f"tensor '{name}' is of type {entry['dtype']}, must be F32")
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    return tensors, metadata


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def padded(x, layer, kernel, value):
    """Padding: none, as TensorFlow's "same" (what is missing is split between both ends, the odd step at the end), or in steps."""
    padding = layer["padding"]
    if padding == "same":
        steps, stride = x.shape[1], layer["stride"]
        extent = (kernel - 1) * layer.get("dilation", 1) + 1  # pools have none
        missing = max(0, (-(-steps // stride) - 1) * stride + extent - steps)
        sides = (missing // 2, missing - missing // 2)
    elif padding == "valid":
        sides = (0, 0)
    else:
        sides = padding if isinstance(padding, list) else (padding, padding)
    return np.pad(x, [(0, 0), sides, (0, 0)], constant_values=value)


def windows_of(x, kernel, stride, dilation=1):
    """[n, steps, channels] -> [n, outputs, kernel, channels], a view of each place of a sliding window."""
    extent = (kernel - 1) * dilation + 1
    views = np.lib.stride_tricks.sliding_window_view(x, extent, axis=1)[:, ::stride, :, ::dilation]
    return views.transpose(0, 1, 3, 2)


class Model:
    """A trained model."""

    def __init__(self, source):
        self.tensors, metadata = read_safetensors(source)
        self.description = json.loads(metadata["hartrain.model"])
        self.classes = json.loads(metadata["hartrain.classes"])
        self.channels = json.loads(metadata["hartrain.channels"])
        self.data = metadata["hartrain.data_source"]
        self.window = (self.description["input"]["steps"], self.description["input"]["channels"])
        self.mean, self.std = self.tensors["standardize.mean"], self.tensors["standardize.std"]

    def predict(self, windows):
        """The probability of each class: [n, steps, channels] in the units of the data -> [n, classes]."""
        x = np.asarray(windows, np.float32)
        if x.shape[1:] != self.window:
            raise ValueError(f"windows are {x.shape[1:]}, the model takes {self.window}")
        if self.mean.size:
            x = (x - self.mean) / self.std
        logits = self.sequence(self.description["layers"], x, "", None)
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def sequence(self, layers, x, prefix, flattened):
        """Layers one after the other; `flattened` is the (steps, channels) that a Flatten has made one dimension.

        A Flatten gives [n, channels * steps], as PyTorch's: that is the order of the weights in the file. What leaves the sequence, or
        meets a Concatenate's end, is as in hartrain's memory: steps first.
        """
        for layer in layers:
            kind, name = layer["layer"], prefix + layer["name"]
            if kind == "Flatten":
                if x.ndim == 3:
                    flattened, x = x.shape[1:], x.transpose(0, 2, 1).reshape(len(x), -1)
            elif kind == "Concatenate":
                branches = enumerate(layer["branches"], 1)
                outputs = [self.sequence(branch, x, f"{name}.branch{number}.", flattened) for number, branch in branches]
                flattened, x = None, np.concatenate(outputs, axis=-1)
            else:
                x = getattr(self, kind)(layer, x, name)
                if kind == "Dense":
                    flattened = None
        if flattened is not None:
            steps, channels = flattened
            x = x.reshape(len(x), channels, steps).transpose(0, 2, 1).reshape(len(x), -1)
        return x

    def Conv1D(self, layer, x, name):
        weight = self.tensors[name + ".weight"]  # [filters, channels, kernel]
        kernel = layer["kernel"]
        patches = windows_of(padded(x, layer, kernel, 0), kernel, layer["stride"], layer["dilation"])
        columns = weight.transpose(2, 1, 0).reshape(-1, len(weight))
        return patches.reshape(*patches.shape[:2], -1) @ columns + self.bias(layer, name)

    def bias(self, layer, name):
        return self.tensors[name + ".bias"] if layer.get("bias", True) else np.float32(0)

    def MaxPool1D(self, layer, x, name):
        size = layer["size"]
        return windows_of(padded(x, layer, size, -np.inf), size, layer["stride"]).max(axis=2)

    def AveragePool1D(self, layer, x, name):
        size = layer["size"]
        if layer.get("count_padding", False):
            return windows_of(padded(x, layer, size, 0), size, layer["stride"]).mean(axis=2)
        return np.nanmean(windows_of(padded(x, layer, size, np.nan), size, layer["stride"]), axis=2)

    def GlobalAveragePool1D(self, layer, x, name):
        return x.mean(axis=1)

    def Dense(self, layer, x, name):
        return x @ self.tensors[name + ".weight"].T + self.bias(layer, name)

    def LSTM(self, layer, x, name):
        units = layer["units"]
        for index in range(layer["layers"]):
            input_weight, hidden_weight = (self.tensors[f"{name}.{part}_l{index}"] for part in ("weight_ih", "weight_hh"))
            inputs = x @ input_weight.T  # [n, steps, 4 units], gates i, f, g, o
            if layer.get("bias", True):
                inputs = inputs + (self.tensors[f"{name}.bias_ih_l{index}"] + self.tensors[f"{name}.bias_hh_l{index}"])
            hidden = cell = np.zeros((len(x), units), np.float32)
            outputs = np.empty((*x.shape[:2], units), np.float32)
            for step in range(x.shape[1]):
                i, f, g, o = np.split(inputs[:, step] + hidden @ hidden_weight.T, 4, axis=1)
                cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
                hidden = outputs[:, step] = sigmoid(o) * np.tanh(cell)
            x = outputs
        return x[:, -1] if layer["output"] == "last" else x

    def BatchNorm1D(self, layer, x, name):
        weight, bias, mean, variance = (self.tensors[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var"))
        return (x - mean) / np.sqrt(variance + np.float32(layer["epsilon"])) * weight + bias

    def ReLU(self, layer, x, name):
        return np.maximum(x, 0)

    def Tanh(self, layer, x, name):
        return np.tanh(x)

    def Sigmoid(self, layer, x, name):
        return sigmoid(x)

    def Dropout(self, layer, x, name):
        return x  # nothing is dropped in a prediction


def main():
    weights, readings = sys.argv[1:]
    model = Model(weights)
    windows = np.loadtxt(readings, np.float32, delimiter=",", ndmin=2).reshape(-1, *model.window)
    for number, probabilities in enumerate(model.predict(windows), start=1):
        best = int(probabilities.argmax())
        print(f"window {number}: {best + 1} {model.classes[best]} {probabilities[best]:.4f}")


if __name__ == "__main__":
    main()
