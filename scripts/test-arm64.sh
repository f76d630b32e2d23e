#!/usr/bin/env bash
# Tests hartrain for 64-bit ARM under emulation (qemu-aarch64 as a Cortex-A72, the cores of a Raspberry Pi 4):
#
#   scripts/test-arm64.sh      # as root, on an x86-64 Debian machine
#
# HARTRAIN names a program for this machine that is built already.
#
# Builds program and tests (scripts/build-arm64.sh), runs the tests of kernels (NEON against the references), layers, training,
# allocations and files, then compares the program with the one for this machine: a short training of the CNN and the LSTM, a
# prediction of each model with the weights in Checkpoints/pretrained, file formats, and a run that goes on where x86 stopped it.
# Emulation proves what is computed, not how fast.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/build-arm64.sh
scripts/build-arm64.sh --tests
if [ -z "${HARTRAIN:-}" ]; then
    swift build -c release --product hartrain
    HARTRAIN="$PWD/.build/release/hartrain"
fi

sdk=$(cd "${HARTRAIN_ARM64_SDK:-.build-arm64-sdk}" && pwd)
libraries="$sdk/root/sdk/debian-arm64.artifactbundle/debian-arm64/sysroot"
emulated=(qemu-aarch64 -cpu cortex-a72 -L "$libraries")
arm=("${emulated[@]}" "$PWD/.build-arm64/release/hartrain")
x86=$HARTRAIN

echo "== tests under emulation"
# Tests that start the program again, or a process that must end, need a kernel that starts ARM programs by itself.
"${emulated[@]}" -E LD_LIBRARY_PATH="$libraries/usr/lib/swift/linux" .build-arm64-tests/release/hartrainPackageTests.xctest \
    --testing-library swift-testing \
    --skip 'wrongIndicesStopTheProgram|partsOutsideStopTheProgram|compoundAssignmentKeepsTheShape|operatorsStopTheProgram' \
    --skip 'askingWhatItIsDoesNotLoadIt|aLimitOfMemoryIsAnError'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
check() { # check WHAT COMMAND...
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "passed: $what"
    else
        failed=$((failed + 1))
        echo "FAILED: $what" >&2
    fi
}

# Answers as lines of JSON: the same classes, probabilities within 1e-5.
agree() {
    python3 - "$@" <<'END'
import json, sys
a, b = ([json.loads(line) for line in open(path)] for path in sys.argv[1:])
assert len(a) == len(b) > 0
difference = max(abs(p - q) for x, y in zip(a, b) for p, q in zip(x["probabilities"], y["probabilities"]))
print(f"  largest difference of a probability: {difference:.1e}")
sys.exit(not all(x["class"] == y["class"] for x, y in zip(a, b)) or difference > 1e-5)
END
}

echo "== the program under emulation"
cd "$work"
"${arm[@]}" info
for window in 1 2 3 4 5 6 7 8; do "$x86" data --data synthetic --window $((window * 100)) 2>/dev/null; done >windows.csv
for model in cnn lstm cnn-lstm cnn-inception; do
    weights="$OLDPWD/Checkpoints/pretrained/$model/best.safetensors"
    "$x86" predict --weights "$weights" --json windows.csv >"$model.x86"
    "${arm[@]}" predict --weights "$weights" --json windows.csv >"$model.arm"
    check "$model predicts on ARM what it predicts on x86" agree "$model.x86" "$model.arm"
    "$x86" export "$weights" --to npz --out "$model.x86.npz" >/dev/null
    "${arm[@]}" export "$weights" --to npz --out "$model.arm.npz" >/dev/null
    check "$model is exported byte for byte" cmp "$model.x86.npz" "$model.arm.npz"
    "$x86" import "$model.x86.npz" --model "$model" --out "$model.x86.safetensors" >/dev/null
    "${arm[@]}" import "$model.x86.npz" --model "$model" --out "$model.arm.safetensors" >/dev/null
    check "$model is written as safetensors byte for byte" cmp "$model.x86.safetensors" "$model.arm.safetensors"
done

for options in "--model cnn --batch 64 --epochs 2" "--model lstm --batch 64 --epochs 1"; do
    read -ra words <<<"$options"
    for machine in x86 arm; do
        if [ $machine = x86 ]; then program=("$x86"); else program=("${arm[@]}"); fi
        "${program[@]}" "${words[@]}" --lr 1e-3 --data synthetic --quiet --out "${words[1]}-$machine" >/dev/null
    done
    for machine in x86 arm; do
        # Read by the other machine's program.
        if [ $machine = x86 ]; then program=("${arm[@]}"); else program=("$x86"); fi
        "${program[@]}" predict --weights "${words[1]}-$machine" --json windows.csv >"${words[1]}-$machine.trained"
    done
    check "${words[1]}, trained on ARM, answers as trained on x86" agree "${words[1]}-x86.trained" "${words[1]}-arm.trained"
done

# The same commands on both, stopped after an epoch on x86.
recipe=(--model cnn --batch 64 --epochs 4 --lr 1e-3 --data synthetic --quiet --checkpoint-every 0)
"$x86" "${recipe[@]}" --out whole >/dev/null
"$x86" "${recipe[@]}" --out moved --max-time 0.001 >/dev/null
"${arm[@]}" --resume moved --data synthetic --quiet >/dev/null
"$x86" predict --weights whole --json windows.csv >whole.answers
"$x86" predict --weights moved --json windows.csv >moved.answers
check "a run that x86 began and ARM ended answers as one of x86" agree whole.answers moved.answers
check "its record says that it was emulated" grep -q '"emulated": true' cnn-arm/run.json

# Rows for any number of threads; what cannot be measured here is said.
"${arm[@]}" bench --model cnn,lstm --batch 1 --threads 1,4 --repetitions 2 --warmup 0 --quiet --save bench.json >bench.md
rows() { [ "$(grep -c '"work": "predict"' bench.json)" = 4 ] && ! grep -q '"emulated": false' bench.json; }
check "bench has its rows, all of them marked as emulated" rows

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
