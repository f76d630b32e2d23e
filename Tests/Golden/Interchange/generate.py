"""Makes the golden files of this folder: what PyTorch makes of our checkpoints, and state_dicts as PyTorch writes them.

    python3 generate.py          # needs torch, numpy and safetensors from PyPI; the tests only read the files

probabilities.safetensors  for each model in Checkpoints/pretrained, loaded with load_state_dict(strict=True): the probabilities of 8
                           windows, [8, 6]
lstm.safetensors           state_dict of the study's LSTM with PyTorch's own first weights (both biases not zero)
tiny-cnn.safetensors       state_dict of Examples/tiny-cnn.json, which has batch normalisation (with num_batches_tracked)
imported.safetensors       the probabilities of the two for the same windows, which are not standardised

Value i of the windows, all of them one behind the other, is (i * 7919 mod 2001) / 1000 - 1.
"""

import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from study import CHANNELS, CLASSES, LSTM, MODELS, STEPS  # noqa: E402

PRETRAINED = HERE.parents[2] / "Checkpoints" / "pretrained"


class TinyCNN(nn.Module):
    """Examples/tiny-cnn.json; padding as TensorFlow's "same"."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(CHANNELS, 16, 5, stride=2)
        self.norm = nn.BatchNorm1d(16)
        self.conv2 = nn.Conv1d(16, 32, 3, stride=2)
        self.dense = nn.Linear(32, CLASSES)

    def forward(self, x):
        x = F.relu(self.norm(self.conv1(F.pad(x, (1, 2)))))
        return self.dense(F.relu(self.conv2(F.pad(x, (0, 1)))).mean(dim=2))


def windows():
    count = 8 * STEPS * CHANNELS
    values = (torch.arange(count, dtype=torch.float64) * 7919 % 2001) / 1000 - 1
    return values.float().reshape(8, STEPS, CHANNELS)


def probabilities(module, x):
    return torch.softmax(module.eval()(x.transpose(1, 2)), dim=1)


@torch.no_grad()
def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    golden = {}
    for name, model in MODELS.items():
        tensors = load_file(PRETRAINED / name / "best.safetensors")
        mean, std = tensors.pop("standardize.mean"), tensors.pop("standardize.std")
        module = model()
        module.load_state_dict(tensors, strict=True)
        golden[name] = probabilities(module, (windows() - mean) / std)
    save_file(golden, HERE / "probabilities.safetensors")

    imported = {}
    tiny = TinyCNN()
    tiny.train()
    for _ in range(3):
        tiny(torch.randn(16, CHANNELS, STEPS) * 2 + 1)  # statistics of their own
    for name, module in {"lstm": LSTM(), "tiny-cnn": tiny}.items():
        imported[name] = probabilities(module, windows())
        save_file(module.state_dict(), HERE / f"{name}.safetensors")
    save_file(imported, HERE / "imported.safetensors")


if __name__ == "__main__":
    main()
