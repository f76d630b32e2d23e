"""The four models of the study as PyTorch modules, with the names that a checkpoint of this package has.

No dropout: it draws different masks in every framework. Inputs are [batch, channels, steps].
"""

import torch
from torch import nn
from torch.nn import functional as F

CHANNELS, STEPS, CLASSES = 9, 128, 6


class SameConv1d(nn.Conv1d):
    """Stride 1, as many outputs as steps; where the padding is odd, one more step at the end, as TensorFlow."""

    def forward(self, x):
        padding = self.kernel_size[0] - 1
        return super().forward(F.pad(x, (padding // 2, padding - padding // 2)))


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = SameConv1d(CHANNELS, 18, 2)
        self.conv2 = SameConv1d(18, 36, 2)
        self.conv3 = SameConv1d(36, 72, 2)
        self.conv4 = SameConv1d(72, 144, 2)
        self.dense = nn.Linear(144 * STEPS // 16, CLASSES)

    def forward(self, x):
        for conv in [self.conv1, self.conv2, self.conv3, self.conv4]:
            x = F.max_pool1d(F.relu(conv(x)), 2)
        return self.dense(x.flatten(1))


class Recurrent(nn.Module):
    """What the LSTM models have in common; x is [batch, steps, channels]."""

    def __init__(self, channels):
        super().__init__()
        self.input = nn.Linear(channels, 27)
        self.lstm = nn.LSTM(27, 27, 2, batch_first=True)
        self.dense = nn.Linear(27, CLASSES)

    def recur(self, x):
        return self.dense(self.lstm(self.input(x))[0][:, -1])


class LSTM(Recurrent):
    def __init__(self):
        super().__init__(CHANNELS)

    def forward(self, x):
        return self.recur(x.transpose(1, 2))


class CNNLSTM(Recurrent):
    def __init__(self):
        super().__init__(18)
        self.conv1 = SameConv1d(CHANNELS, 18, 2)

    def forward(self, x):
        return self.recur(F.relu(self.conv1(x)).transpose(1, 2))


class InceptionBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.branch1 = nn.ModuleDict({"conv": nn.Conv1d(36, 36, 1)})
        self.branch2 = nn.ModuleDict({"conv1": nn.Conv1d(36, 18, 1), "conv2": SameConv1d(18, 36, 2)})
        self.branch3 = nn.ModuleDict({"conv1": nn.Conv1d(36, 18, 1), "conv2": SameConv1d(18, 36, 4)})
        self.branch4 = nn.ModuleDict({"conv": nn.Conv1d(36, 36, 1)})

    def forward(self, x):
        # The mean of two steps, and the last step alone: padding is not counted.
        pooled = torch.cat([(x[:, :, :-1] + x[:, :, 1:]) / 2, x[:, :, -1:]], dim=2)
        outputs = [
            self.branch1["conv"](x),
            self.branch2["conv2"](F.relu(self.branch2["conv1"](x))),
            self.branch3["conv2"](F.relu(self.branch3["conv1"](x))),
            self.branch4["conv"](pooled),
        ]
        return F.relu(torch.cat(outputs, dim=1))


class CNNInception(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = SameConv1d(CHANNELS, 18, 2)
        self.conv2 = SameConv1d(18, 18, 2)
        self.conv3 = SameConv1d(18, 36, 2)
        self.conv4 = SameConv1d(36, 36, 2)
        self.inception = InceptionBlock()
        self.dense = nn.Linear(144 * STEPS // 16, CLASSES)

    def forward(self, x):
        for conv in [self.conv1, self.conv2, self.conv3, self.conv4]:
            x = F.max_pool1d(F.relu(conv(x)), 2)
        return self.dense(self.inception(x).flatten(1))


MODELS = {"cnn": CNN, "lstm": LSTM, "cnn-lstm": CNNLSTM, "cnn-inception": CNNInception}
