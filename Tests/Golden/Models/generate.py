"""Makes the golden files of this folder: the logits of the study's models with PyTorch's own initial weights.

    python3 generate.py          # needs torch, numpy and safetensors from PyPI; the tests only read the files

MODEL.safetensors has model.NAME, a state_dict (the LSTM's second bias not zero), x [batch, channels, steps] and logits.
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from study import CHANNELS, MODELS, STEPS  # noqa: E402


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    for name, model in MODELS.items():
        module = model()
        x = torch.randn(3, CHANNELS, STEPS)
        tensors = {f"model.{key}": value for key, value in module.state_dict().items()}
        tensors |= {"x": x, "logits": module(x).detach()}
        save_file({key: value.contiguous() for key, value in tensors.items()}, HERE / f"{name}.safetensors")


if __name__ == "__main__":
    main()
