#!/usr/bin/env bash
# Runs all checks: formatting, a build without warnings, all tests. Needs Swift 6.2 or later, libopenblas-dev and pkg-config.
#
# Tests run in release mode: they train small networks, and count that a train step allocates nothing.
# Where HAR_DATA names a copy of UCI HAR, or Data holds one, the tests on real data run too.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== formatting"
swift format lint --strict --recursive --parallel Package.swift Sources Tests

echo "== build without warnings"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A target that was compiled before says nothing again: warnings are looked for where everything is compiled.
swift build -c release -Xswiftc -enable-testing --scratch-path .build/tests --build-tests 2>&1 | tee "$log"
if grep -q 'warning:' "$log"; then
    echo "error: the build has warnings (above)" >&2
    exit 1
fi

if [ -z "${HAR_DATA:-}" ] && [ -d "Data/UCI HAR Dataset" ]; then
    export HAR_DATA="$PWD/Data"
fi

echo "== tests"
swift test -c release -Xswiftc -enable-testing --scratch-path .build/tests --skip-build "$@"
