"""Makes stacks.safetensors: 60 random stacks of layers of 1 to 600 channels in PyTorch, forward and backward, in double precision.

    python3 stacks.py            # needs torch, numpy and safetensors from PyPI; the test only reads the file

Weights of such layers are too large to be kept, so both sides draw them: value i of a tensor is the top 24 bits of SplitMix64's number i
of the tensor's key, as a number from -1 to 1, times a scale that the stack says. Kept are the outputs, and of each gradient its norm and
its products with four vectors drawn the same way.

The metadata "stacks" has the stacks as JSON: input [steps, channels], rows, layers as a model file has them, and the scales of the
parameters. Of stack 7 the file has 7.y [rows, outputs] and, each [norm, four products], 7.dx and 7.grad.NAME.
"""

import json
import math
import pathlib
import random

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

HERE = pathlib.Path(__file__).parent
STACKS = 60
# What stands at the edges of vectors, panels and runs, and one beside it.
EDGES = [1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 47, 48, 49, 63, 64, 65, 95, 96, 97, 127, 128, 129, 255, 256, 257, 385, 513, 600]
ROWS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 16, 17, 31, 33, 63, 64, 65, 70]
# Forward, for all rows: the test runs under emulation as well.
MOST_OPERATIONS = 40_000_000
# Kinks of ReLU and pooling nearer than this could be on the other side in single precision.
MARGIN = 4e-6


def values(key, count):
    with np.errstate(over="ignore"):
        z = np.uint64(key) + np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(40)).astype(np.float32) / np.float32(1 << 23) - np.float32(1)).astype(np.float32)


class Steps(nn.Module):
    """A layer that takes the last dimension, over [batch, channels, steps]."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x.transpose(1, 2)).transpose(1, 2) if x.dim() == 3 else self.layer(x)


class Recurrent(nn.Module):
    def __init__(self, layer, last):
        super().__init__()
        self.layer, self.last = layer, last

    def forward(self, x):
        y = self.layer(x.transpose(1, 2))[0]
        return y[:, -1] if self.last else y.transpose(1, 2)


class Kink(nn.Module):
    """ReLU or pooling, which remembers how near its input came to a kink."""

    def __init__(self, pool):
        super().__init__()
        self.pool, self.margin = pool, math.inf

    def forward(self, x):
        if self.pool:
            even = x.shape[2] // 2 * 2
            apart = (x[:, :, 0:even:2] - x[:, :, 1:even:2]).abs()
            # Two zeros of a ReLU give a zero and pass no gradient on, whoever wins.
            apart = apart[(x[:, :, 0:even:2] > 0) | (x[:, :, 1:even:2] > 0)]
            self.margin = min(self.margin, apart.min().item() if apart.numel() else math.inf)
            return nn.functional.max_pool1d(x, 2)
        self.margin = min(self.margin, x.abs().min().item())
        return torch.relu(x)


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(2)


class FirstTap(nn.Module):
    """Two taps over as many outputs as steps: the padding is one step at the end."""

    def __init__(self, conv):
        super().__init__()
        self.layer = conv

    def forward(self, x):
        return self.layer(nn.functional.pad(x, (0, 1)))


class Stack:
    """A random stack: layers for a model file, modules for PyTorch, and what a forward call costs."""

    def __init__(self, draw):
        self.draw = draw
        self.steps = draw.choice([1, 2, 5, 8, 16, 17, 30, 64, 128])
        self.channels = draw.choice([1, 2, 3, 9, 17, 64])
        self.input = [self.steps, self.channels]
        self.rows = draw.choice(ROWS)
        self.layers, self.modules, self.names = [], [], {}
        self.operations = 0
        for _ in range(draw.randint(1, 3)):
            draw.choice([self.convolution, self.convolution, self.two_taps, self.dense, self.recurrent])()
            draw.choice([self.nothing, self.bend, self.rectify, self.rectify_and_pool])()
        if self.steps > 1 and draw.random() < 0.5:
            self.add({"layer": "GlobalAveragePool1D"}, Mean())
            self.steps = 1
        self.flatten()
        if draw.random() < 0.5:
            self.dense()
        self.dense(draw.choice([2, 3, 6, 17, 40]))

    def width(self):
        return self.draw.choice(EDGES) if self.draw.random() < 0.7 else self.draw.randint(1, 600)

    def add(self, layer, module):
        self.layers.append(layer)
        self.modules.append(module)

    def nothing(self):
        pass

    def bend(self):
        kind = self.draw.choice(["Tanh", "Sigmoid"])
        self.add({"layer": kind}, getattr(nn, kind)())

    def rectify(self):
        self.add({"layer": "ReLU"}, Kink(False))

    def rectify_and_pool(self):
        if self.steps < 2:
            return
        self.rectify()
        self.add({"layer": "MaxPool1D", "size": 2}, Kink(True))
        self.steps //= 2

    def convolution(self):
        kernel = min(self.draw.choice([1, 3, 4, 5, 9, 11, 21, 41]), self.steps)
        stride, dilation = self.draw.choice([(1, 1), (1, 1), (2, 1), (1, 2), (3, 1)])
        extent = (kernel - 1) * dilation + 1
        if extent > self.steps:
            dilation, extent = 1, kernel
        padding = self.draw.choice([0, (extent - 1) // 2])
        filters = self.width()
        name = self.name({"layer": "Conv1D", "filters": filters, "kernel": kernel, "stride": stride, "dilation": dilation,
                          "padding": padding})
        self.add(name, nn.Conv1d(self.channels, filters, kernel, stride, padding, dilation))
        self.steps = (self.steps + 2 * padding - extent) // stride + 1
        self.operations += 2 * self.steps * kernel * self.channels * filters
        self.channels = filters

    def two_taps(self):
        filters = self.width()
        self.add(self.name({"layer": "Conv1D", "filters": filters, "kernel": 2, "padding": "same"}),
                 FirstTap(nn.Conv1d(self.channels, filters, 2)))
        self.operations += 4 * self.steps * self.channels * filters
        self.channels = filters

    def dense(self, units=None):
        units = units or self.width()
        self.add(self.name({"layer": "Dense", "units": units}), Steps(nn.Linear(self.channels, units)))
        self.operations += 2 * self.steps * self.channels * units
        self.channels = units

    def recurrent(self):
        units = self.width()
        layers = self.draw.choice([1, 2])
        self.add(self.name({"layer": "LSTM", "units": units, "layers": layers, "output": "sequence"}),
                 Recurrent(nn.LSTM(self.channels, units, layers, batch_first=True), False))
        for inputs in [self.channels, units][:layers]:
            self.operations += 8 * self.steps * (inputs + units) * units
        self.channels = units

    def flatten(self):
        if self.layers[-1]["layer"] != "GlobalAveragePool1D":
            self.add({"layer": "Flatten"}, nn.Flatten())
            self.channels *= self.steps
            self.steps = 1

    def name(self, layer):
        return {**layer, "name": f"layer{len(self.layers)}"}


def products(tensor, key):
    gradient = tensor.detach().numpy().reshape(-1)
    vectors = [values(key + k, gradient.size).astype("d") for k in range(4)]
    return np.array([np.linalg.norm(gradient)] + [gradient @ v for v in vectors])


def run(number, stack):
    """The tensors of a stack, or None where it costs too much or came too near a kink."""
    if stack.operations * stack.rows > MOST_OPERATIONS:
        return None
    key = number << 32
    x = values(key, stack.rows * stack.input[0] * stack.input[1]).reshape(stack.rows, *stack.input)
    network = nn.Sequential(*stack.modules).double()
    scales, tensors = {}, {}
    with torch.no_grad():
        for index, (name, parameter) in enumerate(named(stack, network)):
            scale = np.float32(0 if "bias_hh" in name else 1.5 / math.sqrt(parameter[0].numel()) if parameter.dim() > 1 else 0.2)
            scales[name] = float(scale)
            drawn = values(key + (index + 1) * 16, parameter.numel()) * scale
            parameter.copy_(torch.tensor(drawn.astype("d")).reshape(parameter.shape))
    x = torch.tensor(x.astype("d")).transpose(1, 2).contiguous().requires_grad_()
    y = network(x)
    if min([module.margin for module in stack.modules if isinstance(module, Kink)], default=1) < MARGIN:
        return None
    y.backward(torch.tensor(values(key + 1, y.numel()).astype("d")).reshape(y.shape))
    tensors[f"{number}.y"] = y.detach().numpy()
    tensors[f"{number}.dx"] = products(x.grad.transpose(1, 2).contiguous(), key + 8)
    for index, (name, parameter) in enumerate(named(stack, network)):
        if "bias_hh" not in name:
            tensors[f"{number}.grad.{name}"] = products(parameter.grad, key + (index + 1) * 16 + 8)
    description = {"input": stack.input, "rows": stack.rows, "layers": stack.layers, "scales": scales}
    return description, {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def named(stack, network):
    """The parameters by the names of a checkpoint, in the modules' order."""
    for layer, module in zip(stack.layers, network):
        for name, parameter in module.named_parameters():
            yield f"{layer.get('name')}.{name.removeprefix('layer.')}", parameter


def main():
    torch.manual_seed(0)
    draw = random.Random(7)
    stacks, tensors = [], {}
    while len(stacks) < STACKS:
        made = run(len(stacks), Stack(draw))
        if made:
            stacks.append(made[0])
            tensors.update(made[1])
    save_file(tensors, HERE / "stacks.safetensors", metadata={"stacks": json.dumps(stacks)})
    widths = [layer.get("filters") or layer.get("units") for stack in stacks for layer in stack["layers"]]
    print(len(stacks), "stacks,", sum(stack["rows"] for stack in stacks), "rows, widths", sorted({w for w in widths if w}))



if __name__ == "__main__":
    main()
