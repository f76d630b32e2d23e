#!/usr/bin/env bash
# Speaks every contract of the server to a running one on loopback: Tests/Serving. Needs python3 with venv, and PyPI the first time.
#
#     scripts/test-serving.sh [BINARY [MODULE ...]]
#
# Tests the binary, .build/release/harfunction where none is named, and compares its answers with those of the program that HARTRAIN names,
# .build/release/hartrain where none is. SERVING_THOROUGH=1: 50 ends under load and 10,000 malformed bodies instead of a few.
set -euo pipefail
cd "$(dirname "$0")/.."

HARFUNCTION=$(realpath "${1:-.build/release/harfunction}")
HARTRAIN=$(realpath "${HARTRAIN:-.build/release/hartrain}")
export HARFUNCTION HARTRAIN
for program in "$HARFUNCTION" "$HARTRAIN"; do
    [ -x "$program" ] || {
        echo "error: $program is not there: swift build -c release, or name another" >&2
        exit 1
    }
done
if [ -z "${HAR_DATA:-}" ] && [ -d "Data/UCI HAR Dataset" ]; then
    export HAR_DATA="$PWD/Data"
fi

requirements=Tests/Serving/requirements.txt
environment=.build-serving-tools
stamp="$environment/requirements.txt"
if ! cmp -s "$requirements" "$stamp"; then
    rm -rf "$environment"
    python3 -m venv "$environment" >&2
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
    cp "$requirements" "$stamp"
fi
# 5,000 connections need as many files, on both sides.
ulimit -n "$(ulimit -Hn)"
exec "$environment/bin/python" Tests/Serving/run.py "${@:2}"
