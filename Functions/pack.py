#!/usr/bin/env python3
"""Packs a function for a platform that takes archives: its handler, and that platform's wrapper around it.

    python3 pack.py kubeless|lambda|fission helloworld/python function.zip

The same files make the same bytes. What the function needs from PyPI is not in it: Kubeless and Fission install requirements.txt, and
the README says how Lambda's archive gets it.
"""

import pathlib
import sys
import zipfile

HERE = pathlib.Path(__file__).parent


def members(platform, function):
    """The files of the archive, by name."""
    folder = HERE / function
    language = "node" if (folder / "handler.js").exists() else "python"
    files = [path for place in (folder, HERE / platform / language) for path in place.iterdir() if path.is_file()]
    return {path.name: path for path in sorted(files)}


def pack(platform, function, archive):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, path in members(platform, function).items():
            entry = zipfile.ZipInfo(name)  # of 1980, whatever the file's date
            entry.external_attr = 0o644 << 16
            file.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    pack(*sys.argv[1:])
