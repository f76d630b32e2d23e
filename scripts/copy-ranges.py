#!/usr/bin/env python3
"""Gives weights of an earlier version the ranges of their training windows and the channels' units; changes nothing else in the file.

    hartrain --config OLD/run.json --epochs 1 --max-time 0.001s --out NEW     # divides the same data by the same seed
    python3 scripts/copy-ranges.py NEW/last.safetensors OLD/best.safetensors

The tensors' bytes stay as they are, and so do all other metadata. Refused are weights of other data, seeds or channels, whose
training windows were others.
"""

import json
import os
import struct
import sys

KEYS = ("hartrain.ranges", "hartrain.units")
SAME = ("hartrain.data_hash", "hartrain.seed", "hartrain.channels", "hartrain.window")


def read(path):
    """The header of a safetensors file and the bytes behind it."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length)), file.read()


def main():
    source, target = sys.argv[1:]
    found, _ = read(source)
    header, data = read(target)
    metadata = header["__metadata__"]
    for key in SAME:
        if metadata[key] != found["__metadata__"][key]:
            sys.exit(f"error: {source} and {target} differ in {key}: their training windows are not the same")
    for key in KEYS:
        metadata[key] = found["__metadata__"][key]
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the tensors begin at a multiple of 8 bytes
    with open(target + ".tmp", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
    os.replace(target + ".tmp", target)


if __name__ == "__main__":
    main()
