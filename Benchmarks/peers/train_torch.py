"""Three epochs of the CNN in PyTorch on the full data, batches of 600: for processes.py, which looks at its memory."""
import sys

import numpy as np

folder = sys.argv[1]
sys.argv = ["worker.py", "torch", "2"]
import worker

names = [f"{sensor}_{axis}" for sensor in ("body_acc", "body_gyro", "total_acc") for axis in "xyz"]
root = folder + "/UCI HAR Dataset/train/"
x = np.stack([np.loadtxt(f"{root}Inertial Signals/{name}_train.txt", dtype="f") for name in names], -1)
y = np.loadtxt(root + "y_train.txt", dtype=int) - 1
x = (x - x.mean(0)) / x.std(0)
library = worker.Torch()
torch = library.torch
model = library.model("cnn").train()
optimizer = torch.optim.Adam(model.parameters(), 1e-4, fused=True)
x, y = library.input("cnn", x), torch.tensor(y)
for _ in range(3):
    order = torch.randperm(len(x))
    for first in range(0, len(x), 600):
        rows = order[first : first + 600]
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
