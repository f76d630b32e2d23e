#!/usr/bin/env bash
# Makes the Python environment of the tests that check our files with other tools (ONNX Runtime, NumPy, safetensors) and our S3 client
# with real servers (rclone, moto), and prints its Python. Needs python3 with venv, and PyPI the first time.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=Tests/Interchange/requirements.txt
environment=.build-tools
stamp="$environment/requirements.txt"
if ! cmp -s "$requirements" "$stamp"; then
    rm -rf "$environment"
    python3 -m venv "$environment" >&2
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
    cp "$requirements" "$stamp"
fi
echo "$PWD/$environment/bin/python"
