"""Makes the golden files of this folder: ten steps of training in PyTorch.

    python3 generate.py          # needs torch, numpy and safetensors from PyPI; the tests only read the files

For the study's CNN and LSTM with Adam: MODEL-start.safetensors has start.NAME (the state_dict before), x [windows, channels,
steps] and labels; MODEL-end.safetensors has losses (before each step), gradient.NAME (of the first step, clipped as used) and
end.NAME (the state_dict after). Step s takes the windows (7 s + i) % windows, i = 0 ..< 16.

For a small model and other optimizers, clippings and losses: tiny.safetensors, where CASE.losses, CASE.end.NAME stand for each
case and start.NAME, x and labels for all; step s takes the rows (3 s + i) % rows, i = 0 ..< 8.

For batch normalisation, a step takes one row, whose steps give the statistics: normalized.safetensors, with the same names.
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from study import CHANNELS, CLASSES, MODELS, STEPS  # noqa: E402

WINDOWS, BATCH, COUNT = 20, 16, 10


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(3 * 4, 5)
        self.dense = nn.Linear(5, 3)

    def forward(self, x):
        return self.dense(torch.tanh(self.hidden(x.flatten(1))))


class Normalized(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.dense = nn.Linear(3 * 5, 2)

    def forward(self, x):
        return self.dense(torch.tanh(self.norm(x)).flatten(1))


def state(module, prefix):
    values = module.state_dict().items()
    return {f"{prefix}{name}": value.clone() for name, value in values if not name.endswith("num_batches_tracked")}


def freeze_second_bias(module):
    """Files of this package hold the sum of the LSTM's two biases, so only one of them is trained."""
    for name, parameter in module.named_parameters():
        if "bias_hh" in name:
            nn.init.zeros_(parameter)
            parameter.requires_grad_(False)


def train(module, optimizer, x, labels, advance, batch, clip=lambda parameters: None, **loss):
    """Ten steps: the losses, and the gradients of the first."""
    trained = {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}
    optimizer = optimizer(trained.values())
    losses, first = [], {}
    for step in range(COUNT):
        rows = [(advance * step + i) % len(x) for i in range(batch)]
        value = F.cross_entropy(module(x[rows]), labels[rows], **loss)
        optimizer.zero_grad()
        value.backward()
        clip(trained.values())
        if step == 0:
            first = {f"gradient.{name}": parameter.grad.clone() for name, parameter in trained.items()}
        optimizer.step()
        losses.append(value.item())
    return {"losses": torch.tensor(losses)}, first


def save(name, tensors):
    singles = {key: value.float() if value.dtype == torch.float64 else value for key, value in tensors.items()}
    save_file({key: value.detach().contiguous() for key, value in singles.items()}, HERE / f"{name}.safetensors")


def study(name, clip):
    module = MODELS[name]()
    freeze_second_bias(module)
    x = torch.randn(WINDOWS, CHANNELS, STEPS)
    labels = torch.arange(WINDOWS) % CLASSES
    save(f"{name}-start", state(module, "start.") | {"x": x, "labels": labels.to(torch.uint8)})
    # In double precision, so that the bounds of the tests are spent on our rounding and not on PyTorch's: Adam divides both by
    # themselves where a gradient is nearly 0.
    module.double()
    losses, first = train(module, lambda p: torch.optim.Adam(p, lr=1e-3), x.double(), labels, 7, BATCH, clip)
    save(f"{name}-end", losses | first | state(module, "end."))


def tiny():
    x = torch.randn(12, 3, 4)
    labels = torch.arange(12) % 3
    start = Tiny().state_dict()
    tensors = {f"start.{name}": value.clone() for name, value in start.items()} | {"x": x, "labels": labels.to(torch.uint8)}
    by_norm = lambda parameters: nn.utils.clip_grad_norm_(parameters, 0.05)
    by_value = lambda parameters: nn.utils.clip_grad_value_(parameters, 0.01)
    weights = torch.tensor([0.5, 2.0, 1.25])
    sgd, adam = torch.optim.SGD, torch.optim.Adam
    cases = {
        "adam": dict(optimizer=lambda p: adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-4)),
        "adamw": dict(optimizer=lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.3)),
        "sgd": dict(optimizer=lambda p: sgd(p, lr=0.2, weight_decay=0.05)),
        "momentum": dict(optimizer=lambda p: sgd(p, lr=0.1, momentum=0.9)),
        "nesterov": dict(optimizer=lambda p: sgd(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.05)),
        "clip_norm": dict(optimizer=lambda p: sgd(p, lr=0.5), clip=by_norm),
        "clip_value": dict(optimizer=lambda p: sgd(p, lr=0.5), clip=by_value),
        "weighted": dict(optimizer=lambda p: sgd(p, lr=0.2), weight=weights, label_smoothing=0.1),
    }
    for case, settings in cases.items():
        module = Tiny()
        module.load_state_dict(start)
        losses, _ = train(module, x=x, labels=labels, advance=3, batch=8, **settings)
        tensors |= {f"{case}.{key}": value for key, value in (losses | state(module, "end.")).items()}
    save("tiny", tensors)


def normalized():
    module = Normalized()
    x = torch.randn(6, 3, 5)
    labels = torch.arange(6) % 2
    tensors = state(module, "start.") | {"x": x, "labels": labels.to(torch.uint8)}
    losses, _ = train(module, lambda p: torch.optim.SGD(p, lr=0.1), x, labels, 1, 1)
    save("normalized", tensors | losses | state(module, "end."))


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    study("cnn", lambda parameters: None)
    study("lstm", lambda parameters: nn.utils.clip_grad_value_(parameters, 1))
    tiny()
    normalized()


if __name__ == "__main__":
    main()
