"""Makes the golden files of this folder: every layer in PyTorch, forward and backward.

    python3 generate.py          # needs torch, numpy and safetensors from PyPI; the tests only read the files

Each file holds several cases. Of a case "same" it has, in PyTorch's layout [batch, channels, steps] (or [batch, features]):
same.x, same.y, same.dy, same.dx; same.state.NAME, the state_dict before; same.grad.NAME, the gradients of the parameters;
same.after.NAME, the running statistics after one training step; same.evaluation, the output in evaluation with those before.
"""

import pathlib
from collections import OrderedDict

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent


def same_padding(steps, kernel, stride, dilation=1):
    """TensorFlow's 'same': ceil(steps / stride) outputs, the odd step of padding at the end."""
    outputs = -(-steps // stride)
    total = max(0, (outputs - 1) * stride + (kernel - 1) * dilation + 1 - steps)
    return total // 2, total - total // 2


class SameConv1d(nn.Conv1d):
    def forward(self, x):
        return super().forward(F.pad(x, same_padding(x.shape[2], self.kernel_size[0], self.stride[0], self.dilation[0])))


class MaxPool(nn.Module):
    def __init__(self, size, stride, same):
        super().__init__()
        self.size, self.stride, self.same = size, stride, same

    def forward(self, x):
        if self.same:
            x = F.pad(x, same_padding(x.shape[2], self.size, self.stride), value=float("-inf"))
        return F.max_pool1d(x, self.size, self.stride)


class AveragePool(nn.Module):
    """The mean of the steps under the window: padding is not counted."""

    def __init__(self, size, stride, same):
        super().__init__()
        self.size, self.stride, self.same = size, stride, same

    def forward(self, x):
        padding = same_padding(x.shape[2], self.size, self.stride) if self.same else (0, 0)
        counted = F.pad(torch.ones_like(x), padding)
        return F.avg_pool1d(F.pad(x, padding), self.size, self.stride) / F.avg_pool1d(counted, self.size, self.stride)


class StepsLast(nn.Module):
    """A layer that wants [batch, steps, channels], seen from outside as [batch, channels, steps]."""

    def forward(self, x):
        y = self.run(x.transpose(1, 2))
        return y.transpose(1, 2) if y.dim() == 3 else y


class LSTM(StepsLast):
    def __init__(self, channels, units, layers, sequence, bias=True):
        super().__init__()
        self.lstm = nn.LSTM(channels, units, layers, bias=bias, batch_first=True)
        self.sequence = sequence

    def run(self, x):
        y = self.lstm(x)[0]
        return y if self.sequence else y[:, -1]


class StepDense(StepsLast):
    def __init__(self, channels, units, bias=True):
        super().__init__()
        self.dense = nn.Linear(channels, units, bias=bias)

    def run(self, x):
        return self.dense(x)


class FlatDense(nn.Module):
    def __init__(self, features, units):
        super().__init__()
        self.dense = nn.Linear(features, units)

    def forward(self, x):
        return self.dense(x.flatten(1))


class Named(nn.Module):
    """One layer under the name that it has in a model."""

    def __init__(self, name, layer):
        super().__init__()
        self.add_module(name, layer)
        self.layer = [layer]

    def forward(self, x):
        return self.layer[0](x)


class Inception(nn.Module):
    """The Inception block of the study, with fewer filters."""

    class Block(nn.Module):
        def __init__(self, channels):
            super().__init__()

            def branch(**layers):
                return nn.ModuleDict(layers)

            self.branch1 = branch(conv=nn.Conv1d(channels, 4, 1))
            self.branch2 = branch(conv1=nn.Conv1d(channels, 2, 1), conv2=SameConv1d(2, 4, 2))
            self.branch3 = branch(conv1=nn.Conv1d(channels, 2, 1), conv2=SameConv1d(2, 3, 4))
            self.branch4 = branch(conv=nn.Conv1d(channels, 5, 1))
            self.pool = AveragePool(2, 1, True)

        def forward(self, x):
            one = F.relu(self.branch1["conv"](x))
            two = F.relu(self.branch2["conv2"](F.relu(self.branch2["conv1"](x))))
            three = F.relu(self.branch3["conv2"](F.relu(self.branch3["conv1"](x))))
            four = F.relu(self.branch4["conv"](self.pool(x)))
            return torch.cat([one, two, three, four], dim=1)

    def __init__(self, channels):
        super().__init__()
        self.inception = self.Block(channels)

    def forward(self, x):
        return self.inception(x)


def run(module, *shape):
    """One case: forward and backward of a module on a random input."""
    for name, parameter in module.named_parameters():
        nn.init.uniform_(parameter, -0.6, 0.6)
    statistics = {name: buffer for name, buffer in module.named_buffers() if name.endswith(("running_mean", "running_var"))}
    for buffer in statistics.values():
        nn.init.uniform_(buffer, 0.5, 1.5)
    state = {name: value.clone() for name, value in module.state_dict().items() if not name.endswith("num_batches_tracked")}
    x = torch.randn(*shape, requires_grad=True)
    case = {"x": x, **{f"state.{name}": value for name, value in state.items()}}
    if statistics:
        case["evaluation"] = module.eval()(x)
        module.train()
    y = module(x)
    dy = torch.randn_like(y)
    y.backward(dy)
    case |= {"y": y, "dy": dy, "dx": x.grad}
    case |= {f"grad.{name}": parameter.grad for name, parameter in module.named_parameters()}
    case |= {f"after.{name}": buffer for name, buffer in statistics.items()}
    return case


def cross_entropy(smoothing, weights):
    """One case: the mean loss of random logits, and their gradient."""
    logits = torch.randn(7, 4, requires_grad=True)
    labels = torch.tensor([0, 1, 2, 3, 1, 1, 0])
    loss = F.cross_entropy(logits, labels, weight=weights, label_smoothing=smoothing)
    loss.backward()
    return {"x": logits, "labels": labels.to(torch.uint8), "loss": loss.reshape(1), "dx": logits.grad}


def save(theme, **cases):
    tensors = {f"{case}.{name}": value for case, values in cases.items() for name, value in values.items()}
    save_file({name: value.detach().contiguous() for name, value in tensors.items()}, HERE / f"{theme}.safetensors")


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    conv = lambda layer: Named("conv", layer)
    save(
        "conv1d",
        valid=run(conv(nn.Conv1d(3, 4, 3)), 2, 3, 9),
        tap=run(conv(nn.Conv1d(3, 4, 1)), 2, 3, 5),
        strided=run(conv(nn.Conv1d(3, 4, 3, stride=2)), 2, 3, 10),
        dilated=run(conv(nn.Conv1d(2, 3, 3, dilation=2)), 2, 2, 11),
        same=run(conv(SameConv1d(3, 5, 2)), 2, 3, 8),
        same_strided=run(conv(SameConv1d(3, 4, 4, stride=3)), 2, 3, 11),
        same_dilated=run(conv(SameConv1d(2, 3, 3, stride=2, dilation=2)), 2, 2, 9),
        same_larger=run(conv(SameConv1d(2, 3, 4)), 2, 2, 2),
    )
    save(
        "pools",
        maximum=run(MaxPool(2, 2, False), 2, 3, 9),
        maximum_same=run(MaxPool(2, 2, True), 2, 3, 9),
        maximum_overlapping=run(MaxPool(3, 2, True), 2, 3, 8),
        average=run(AveragePool(2, 2, False), 2, 3, 9),
        average_same=run(AveragePool(2, 1, True), 2, 3, 8),
        average_overlapping=run(AveragePool(3, 2, True), 2, 3, 9),
        average_all=run(nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten()), 2, 3, 7),
    )
    save(
        "dense",
        features=run(Named("dense", nn.Linear(5, 4)), 3, 5),
        steps=run(StepDense(3, 4), 2, 3, 6),
        flat=run(FlatDense(3 * 5, 4), 2, 3, 5),
    )
    save(
        "lstm",
        last=run(LSTM(3, 4, 1, False), 2, 3, 6),
        sequence=run(LSTM(3, 4, 1, True), 2, 3, 6),
        stacked=run(LSTM(3, 4, 2, False), 3, 3, 7),
        stacked_sequence=run(LSTM(5, 3, 2, True), 2, 5, 7),
        step=run(LSTM(3, 4, 1, False), 2, 3, 1),
    )
    save(
        "elementwise",
        relu=run(nn.ReLU(), 2, 3, 5),
        tanh=run(nn.Tanh(), 2, 3, 5),
        sigmoid=run(nn.Sigmoid(), 2, 3, 5),
    )
    save(
        "normalization",
        features=run(Named("norm", nn.BatchNorm1d(4)), 6, 4),
        steps=run(Named("norm", nn.BatchNorm1d(3, eps=1e-3, momentum=0.2)), 4, 3, 5),
    )
    save("concatenate", inception=run(Inception(6), 2, 6, 8))
    weights = torch.tensor([0.5, 2.0, 1.0, 1.25])
    save(
        "cross_entropy",
        plain=cross_entropy(0.0, None),
        smoothed=cross_entropy(0.1, None),
        weighted=cross_entropy(0.0, weights),
        smoothed_weighted=cross_entropy(0.2, weights),
    )
    # What came later comes last: the cases above keep the values that they have.
    save(
        "padded",
        conv=run(conv(nn.Conv1d(3, 4, 3, padding=1)), 2, 3, 8),
        conv_strided=run(conv(nn.Conv1d(3, 4, 3, stride=2, padding=1)), 2, 3, 8),
        conv_dilated=run(conv(nn.Conv1d(2, 3, 3, stride=2, padding=3, dilation=2)), 2, 2, 9),
        conv_wide=run(conv(nn.Conv1d(2, 3, 2, padding=3)), 2, 2, 5),
        conv_causal=run(nn.Sequential(OrderedDict(pad=nn.ConstantPad1d((4, 0), 0.0), conv=nn.Conv1d(2, 3, 3, dilation=2))), 2, 2, 7),
        maximum=run(nn.MaxPool1d(3, 2, 1), 2, 3, 8),
        average=run(nn.AvgPool1d(3, 2, 1), 2, 3, 8),
        average_uncounted=run(nn.AvgPool1d(3, 2, 1, count_include_pad=False), 2, 3, 8),
    )
    save(
        "unbiased",
        conv=run(conv(nn.Conv1d(3, 4, 3, stride=2, padding=1, bias=False)), 2, 3, 8),
        features=run(Named("dense", nn.Linear(5, 4, bias=False)), 3, 5),
        steps=run(StepDense(3, 4, bias=False), 2, 3, 6),
        lstm=run(LSTM(3, 4, 2, True, bias=False), 2, 3, 6),
    )


if __name__ == "__main__":
    main()
