"""Models of any size, named by kind and units: what sizes.py times and worker.py builds.

"dense-1024", "conv-256" and "lstm-128" read UCI HAR's windows; parts behind colons change a shape: "conv-64:k41:t1000:c3:n10" has
kernels of 41 steps, windows of 1000 steps of 3 channels, and 10 classes. Every library builds the same layers from a SizedModel.
"""
import dataclasses
import re

KINDS = ("dense", "conv", "lstm")
FIELDS = {"k": "kernel", "t": "steps", "c": "channels", "n": "classes"}


@dataclasses.dataclass(frozen=True)
class SizedModel:
    """Two layers of `units` and a dense one that tells the classes apart."""

    kind: str
    units: int
    kernel: int = 5
    steps: int = 128
    channels: int = 9
    classes: int = 6

    @classmethod
    def named(cls, name):
        head, *parts = name.split(":")
        kind, _, units = head.partition("-")
        if kind not in KINDS or not re.fullmatch("[1-9][0-9]*", units):
            raise ValueError(f"{name}: a sized model is named {', '.join(KINDS)} and its units, as dense-1024")
        shape = {}
        for part in parts:
            field = FIELDS.get(part[:1])
            if field is None or field in shape or not re.fullmatch("[1-9][0-9]*", part[1:]):
                raise ValueError(f"{name}: a colon is followed by k (kernel), t (steps), c (channels) or n (classes) and a number")
            shape[field] = int(part[1:])
        if "kernel" in shape and kind != "conv":
            raise ValueError(f"{name}: only a conv has a kernel")
        return cls(kind, int(units), **shape)

    @property
    def title(self):
        """"2 Conv1D of 64, kernel 41"; of the shape what differs from that of most."""
        layer = {"dense": "Dense", "conv": "Conv1D", "lstm": "LSTM"}[self.kind]
        usual = SizedModel(self.kind, self.units)
        words = {
            f"kernel {self.kernel}": self.kernel != usual.kernel, f"{self.steps} steps": self.steps != usual.steps,
            f"{self.channels} channel{'s' if self.channels > 1 else ''}": self.channels != usual.channels,
            f"{self.classes} classes": self.classes != usual.classes,
        }
        return ", ".join([f"2 {layer} of {self.units}", *(text for text, differs in words.items() if differs)])

    @property
    def products(self):
        """The products of a window, layer by layer, as (steps, inputs, outputs)."""
        units = self.units
        if self.kind == "dense":
            layers = [(1, self.steps * self.channels, units), (1, units, units)]
        elif self.kind == "conv":
            layers = [(self.steps, self.kernel * self.channels, units), (self.steps // 2, self.kernel * units, units)]
        else:
            layers = [(self.steps, self.channels + units, 4 * units), (self.steps, 2 * units, 4 * units)]
        return layers + [(1, units, self.classes)]

    @property
    def parameters(self):
        """Trained values; a bias for every output."""
        return sum((inputs + 1) * outputs for _, inputs, outputs in self.products)

    @property
    def torch_parameters(self):
        """PyTorch's LSTM adds two biases in each layer where others have one."""
        return self.parameters + (8 * self.units if self.kind == "lstm" else 0)

    @property
    def operations(self):
        """Floating-point operations of the products in a prediction of one window."""
        return sum(2 * steps * inputs * outputs for steps, inputs, outputs in self.products)

    @property
    def step_operations(self):
        """Those in a step: forward, the weights' gradients and the inputs', but for that of the windows, which nothing wants.

        An LSTM's first layer needs its gradient through time, which `hartrain bench` does not count: a share here is the larger.
        """
        steps, inputs, outputs = self.products[0]
        unwanted = self.channels if self.kind == "lstm" else inputs
        return 3 * self.operations - 2 * steps * unwanted * outputs

    @property
    def description(self):
        """What a model file of hartrain holds."""
        relu = {"layer": "ReLU"}
        dense = {"layer": "Dense", "units": self.units}
        conv = {"layer": "Conv1D", "filters": self.units, "kernel": self.kernel, "padding": "same"}
        layers = {
            "dense": [{"layer": "Flatten"}, dense, relu, dense, relu],
            "conv": [conv, relu, {"layer": "MaxPool1D", "size": 2}, conv, relu, {"layer": "GlobalAveragePool1D"}],
            "lstm": [{"layer": "LSTM", "units": self.units, "layers": 2}],
        }[self.kind]
        return {
            "name": f"{self.kind}-{self.units}", "input": {"steps": self.steps, "channels": self.channels},
            "layers": layers + [{"layer": "Dense", "units": self.classes}],
        }
