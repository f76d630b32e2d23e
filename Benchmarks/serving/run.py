#!/usr/bin/env python3
"""Measures harfunction against Python doing the same on this machine, alternating, and prints the goals and what was measured.

run.sh makes the Python environments and calls this. All participants answer the same windows with the same model; their answers are
compared before every measurement. A ratio is the median of the rounds' ratios.
"""
import argparse
import datetime
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version

from bodies import Bodies
from machine import ROOT, busy_share, default_data, machine
from measures import LOADS, measure_load, measure_memory, measure_starts, say
from processes import Programs
from report import goals, tables


def versions(mlserver_python):
    program = "from importlib.metadata import version; print(version('mlserver'))"
    packages = ("fastapi", "uvicorn", "uvloop", "httptools", "onnxruntime", "orjson", "numpy")
    found = {package: version(package) for package in packages}
    found["mlserver"] = subprocess.run([mlserver_python, "-c", program], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    release = os.path.join(ROOT, ".build", "release")
    parser.add_argument(
        "--harfunction", default=os.path.join(release, "harfunction"), help="the program (default: the release build)")
    parser.add_argument(
        "--hartrain", default=os.path.join(release, "hartrain"), help="one built with the trait ONNX (default: the release build)")
    parser.add_argument("--checkpoints", default=os.path.join(ROOT, "Checkpoints", "pretrained"), help="a folder with cnn and lstm")
    parser.add_argument("--data", default=default_data(), help="UCI HAR's folder, or synthetic (default: HAR_DATA, Data, else synthetic)")
    parser.add_argument("--windows", type=int, default=16, help="how many windows are sent in turn")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=5, help="of load in a round")
    parser.add_argument("--starts", type=int, default=15, help="cold starts of each")
    parser.add_argument("--memory-rounds", type=int, default=3)
    parser.add_argument("--idle", type=int, default=5000, help="idle connections")
    parser.add_argument("--stripped", help="the stripped, statically linked program, for its size")
    parser.add_argument("--image", help="the image as an uncompressed tar, for its size")
    parser.add_argument("--mlserver-python", required=True, help="a Python with MLServer")
    parser.add_argument("--out", default="results.json", help="everything measured, as JSON")
    arguments = parser.parse_args()
    for name in ("harfunction", "hartrain", "mlserver_python"):
        # Not resolved: a virtual environment's Python is a link that knows where it stands.
        setattr(arguments, name, os.path.abspath(getattr(arguments, name)))
        if not os.access(getattr(arguments, name), os.X_OK):
            sys.exit(f"error: {getattr(arguments, name)} is no program: see --help")

    with tempfile.TemporaryDirectory(prefix="hartrain-serving-") as folder:
        results = measure(arguments, folder)
    results["goals"] = [goal.json() for goal in goals(results)]
    with open(arguments.out, "w") as file:
        json.dump(results, file, indent=1)
    print(tables(results))


def measure(arguments, folder):
    programs = Programs(arguments, folder)
    models = {}
    for name in ("cnn", "lstm"):
        weights = os.path.abspath(os.path.join(arguments.checkpoints, name, "best.safetensors"))
        onnx = os.path.join(folder, f"{name}.onnx")
        subprocess.run([arguments.hartrain, "export", weights, "--to", "onnx", "--out", onnx], stdout=subprocess.DEVNULL, check=True)
        models[name] = (weights, onnx)
    bodies = Bodies(arguments.hartrain, arguments.data, arguments.windows, folder)
    with open(arguments.harfunction, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    results = {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="minutes"), "machine": machine(),
        "versions": versions(arguments.mlserver_python), "harfunction_sha256": digest, "data": bodies.data["source"],
        "rounds": arguments.rounds, "seconds": arguments.seconds, "idle_connections": arguments.idle, "busy_before": busy_share()}
    if results["busy_before"] > 0.1:
        say(f"warning: others use {results['busy_before']:.0%} of this machine's processors")
    results["loads"] = [
        measure_load(load, programs, models, bodies, arguments.rounds, arguments.seconds) for load in LOADS]
    results["starts"] = measure_starts(programs, models, bodies, arguments.starts, folder)
    results["memory"] = measure_memory(programs, models, bodies, arguments.memory_rounds, arguments.seconds, arguments.idle)
    results["sizes"] = {
        name: os.path.getsize(path) for name, path in (("stripped", arguments.stripped), ("image", arguments.image)) if path}
    results["busy_after"] = busy_share()
    return results


main()
