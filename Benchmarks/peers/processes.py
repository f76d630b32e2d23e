#!/usr/bin/env python3
"""Times whole processes of hartrain and of its peers, alternating: start to first prediction, reading the data, memory of a training.

  .venv/bin/python peers/processes.py --data FOLDER [--rounds 9] > processes.md

FOLDER holds "UCI HAR Dataset"; hartrain is ../.build/release/hartrain, with the weights in ../Checkpoints/pretrained/cnn.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")

ONNX = """
import sys, numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
x = numpy.loadtxt(sys.argv[2], delimiter=",", dtype="f").reshape(1, 128, 9).transpose(0, 2, 1).copy()
print(session.run(None, {"x": x})[0].argmax())
"""

READ = """
import sys, numpy
total = 0
for part in ("train", "test"):
    for sensor in ("body_acc", "body_gyro", "total_acc"):
        for axis in "xyz":
            total += numpy.loadtxt(f"{sys.argv[1]}/UCI HAR Dataset/{part}/Inertial Signals/{sensor}_{axis}_{part}.txt").size
print(total)
"""


def run(command, environment=None):
    """Seconds and peak memory in bytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(command)}: ended with {status}")
    return seconds, usage.ru_maxrss * 1024


def alternate(rounds, mine, peer):
    """Median seconds and memory of both, and the median of the rounds' ratios."""
    pairs = []
    for round in range(rounds):
        pair = [run(*mine), run(*peer)] if round % 2 == 0 else [run(*peer), run(*mine)][::-1]
        pairs.append(pair)
    return {
        "mine": statistics.median(p[0][0] for p in pairs), "peer": statistics.median(p[1][0] for p in pairs),
        "ratio": statistics.median(p[1][0] / p[0][0] for p in pairs),
        "my_memory": statistics.median(p[0][1] for p in pairs), "peer_memory": statistics.median(p[1][1] for p in pairs),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    hartrain = os.path.join(ROOT, ".build", "release", "hartrain")
    weights = os.path.join(ROOT, "Checkpoints", "pretrained", "cnn", "best.safetensors")
    folder = tempfile.mkdtemp(prefix="hartrain-processes-")
    window, onnx = os.path.join(folder, "window.csv"), os.path.join(folder, "cnn.onnx")
    with open(window, "w") as file:
        subprocess.run([hartrain, "data", "--data", arguments.data, "--window", "1"], stdout=file, stderr=subprocess.DEVNULL, check=True)
    subprocess.run(
        [sys.executable, os.path.join(HERE, "worker.py"), "torch", "2", folder], input="file onnx_file cnn 0 0\n", text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    cache = {"HARTRAIN_CACHE": os.path.join(folder, "cache")}
    data = [hartrain, "data", "--data", arguments.data]

    print("| work | hartrain | peer | ratio |\n|---|---|---|---|")
    start = alternate(
        arguments.rounds, ([hartrain, "predict", "--weights", weights, window],), ([sys.executable, "-c", ONNX, onnx, window],))
    print(
        f"| process start to first prediction | {start['mine'] * 1e3:.1f} ms | Python + ONNX Runtime {start['peer'] * 1e3:.0f} ms | "
        f"{start['ratio']:.0f} |")
    text = alternate(3, (data + ["--no-cache"],), ([sys.executable, "-c", READ, arguments.data],))
    run(data, cache)
    cached = statistics.median(run(data, cache)[0] for _ in range(arguments.rounds))
    worker = os.path.join(HERE, "..", ".build", "release", "product-worker")
    timed = subprocess.run(
        [worker], input=f"cache {arguments.data} 1 1 {arguments.rounds}\n", text=True, stdout=subprocess.PIPE, check=True,
        env={**os.environ, **cache}).stdout.split()
    print(
        f"| reading UCI HAR from text, whole process | {text['mine']:.2f} s | numpy {text['peer']:.1f} s | {text['ratio']:.0f} |")
    print(
        f"| reading UCI HAR from the cache | {statistics.median(map(float, timed)) * 1e3:.0f} ms ({cached * 1e3:.0f} ms the whole "
        f"process of `hartrain data`) | | |")
    train = [hartrain, "--model", "cnn", "--epochs", "3", "--data", arguments.data, "--quiet", "--out"]
    memory = run(train + [os.path.join(folder, "run")])[1]
    torch = run([sys.executable, os.path.join(HERE, "train_torch.py"), arguments.data])[1]
    print(
        f"| peak memory of a CNN training on the full data | {memory / 2**20:.0f} MiB | PyTorch {torch / 2**20:.0f} MiB | "
        f"{torch / memory:.1f} |")


main()
