"""Windows for the tests, and what `hartrain predict` says of them."""

import functools
import json
import os
import pathlib
import subprocess
import tempfile

import numpy

CHANNELS = [
    "body_acc_x", "body_acc_y", "body_acc_z", "body_gyro_x", "body_gyro_y", "body_gyro_z", "total_acc_x", "total_acc_y", "total_acc_z"
]
STEPS = 128
CLASSES = ["WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING"]


def made(count, seed=14):
    """Windows that look a little like walking, standing and lying: [count, 128, 9]. The same ones every time."""
    random = numpy.random.default_rng(seed)
    time = numpy.arange(STEPS) / 50
    windows = numpy.empty((count, STEPS, 9), "f4")
    for window in windows:
        gravity = numpy.array([[0.95, -0.2, 0.1], [0.05, 0.6, 0.75]])[random.integers(2)]
        strength = random.choice([0.003, 0.05, 0.3])
        rate, phase = random.uniform(1.4, 2.2), random.uniform(0, 6, (6, 1))
        motion = strength * numpy.sin(2 * numpy.pi * rate * numpy.outer(numpy.arange(1, 7) / 2, time) + phase)
        motion += random.normal(0, strength / 5 + 0.002, motion.shape)
        window[:, :6] = motion.T
        window[:, 6:] = motion[:3].T + gravity
    return windows


@functools.cache
def real(count):
    """Test windows of UCI HAR, or made ones where the data is not there."""
    folder = pathlib.Path(os.environ.get("HAR_DATA", "")) / "UCI HAR Dataset" / "test" / "Inertial Signals"
    if not folder.is_dir():
        return made(count)
    columns = [numpy.loadtxt(folder / f"{name}_test.txt", max_rows=8 * count, dtype="f4")[::8] for name in CHANNELS]
    return numpy.stack(columns, axis=2)


def csv(readings, separator=",", decimal=".", header=None, end="\n"):
    """Readings as text: [readings, 9], each number with the digits that give it back."""
    lines = [separator.join(header)] if header else []
    for reading in readings.reshape(-1, 9):
        cells = [str(value).replace(".", decimal) for value in reading]
        lines.append(separator.join(cells))
    return end.join(lines).encode() + end.encode()


def raw(readings):
    return readings.astype("<f4").tobytes()


def nested(windows):
    """JSON of numbers, each with the digits that give the float back."""
    return json.loads("[" + ",".join(map(str, windows.ravel())) + "]") if windows.ndim == 1 else [nested(part) for part in windows]


def as_json(windows, key="windows"):
    """The body of a request: one window or several."""
    return json.dumps({key: nested(windows)}).encode()


def predict(weights, data, suffix=".f32"):
    """What `hartrain predict --json` prints of windows, a text for each, without the number of the window."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"windows{suffix}"
        path.write_bytes(data)
        result = subprocess.run(
            [os.environ["HARTRAIN"], "predict", "--weights", weights, "--json", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True
        )
    return [line.split(",", 1)[1] for line in result.stdout.decode().splitlines()]


def probabilities(answers):
    """The probabilities of answers of `predict`, as float32: [windows, classes]."""
    return numpy.array([json.loads("{" + answer)["probabilities"] for answer in answers], "<f4")


def answers(body):
    """The answers in a body of JSON, each as it stands in the text."""
    text = body.decode()
    start = text.index('"predictions":[{') + len('"predictions":[{')
    return [part for part in text[start : text.index("]}]", start) + 2].split(",{")]
