#!/usr/bin/env bash
# Proves that a change moved walls and nothing else: short runs of every model end in the same tensors as before.
#
#     scripts/proofs/same-bytes.sh PROGRAM             # compares with same-bytes.txt; exit code 1 where a digest differs
#     scripts/proofs/same-bytes.sh --write PROGRAM     # writes same-bytes.txt anew: only where a commit says which bits change
#     HARTRAIN_KERNELS=avx2 scripts/proofs/same-bytes.sh PROGRAM     # one instruction set only
#
# Each run is made with 1 and 2 threads, and stopped after its first batch and resumed, by every instruction set of this
# machine; these must agree before anything is compared. A digest is the SHA-256 of the tensors of best.safetensors and
# last.safetensors (names, types, shapes, bytes; no metadata) and, for 'predict', of the program's answers.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
write=false
if [ "${1:-}" = --write ]; then
    write=true
    shift
fi
program=${1:?usage: same-bytes.sh [--write] PROGRAM}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HARTRAIN_CACHE="$work/cache"

# Name and arguments of each run. "strided" is the one model whose input gradients are products with a stride.
cases="cnn --model cnn --epochs 2
cnn-inception --model cnn-inception --epochs 2
lstm --model lstm --epochs 2
cnn-lstm --model cnn-lstm --epochs 2
lstm-unbatched --model lstm --epochs 1 --batch 1
fast --model cnn --recipe fast --epochs 2
plain --model $folder/plain.json
strided --model $folder/strided.json"

digest() { # digest FILE...
    python3 - "$@" <<'PYTHON'
import hashlib, json, struct, sys
total = hashlib.sha256()
for path in sys.argv[1:]:
    content = open(path, "rb").read()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    for name in sorted(name for name in header if name != "__metadata__"):
        entry = header[name]
        begin, end = entry["data_offsets"]
        total.update(json.dumps([name, entry["dtype"], entry["shape"]]).encode())
        total.update(content[8 + length + begin:8 + length + end])
print(total.hexdigest()[:32])
PYTHON
}

answers() { # answers WEIGHTS: classes and probabilities; older programs did not number the windows
    for window in 1 200 400 600 864; do "$program" data --data synthetic --window "$window" 2>/dev/null; done |
        "$program" predict --weights "$1" --json - 2>/dev/null | sed 's/"window":[0-9]*,//' | sha256sum | cut -c1-32
}

run() { # run OUT ARGUMENT...: to its end, quietly
    local out=$1
    shift
    "$program" "$@" --data synthetic --quiet --out "$out" >/dev/null
}

sets=${HARTRAIN_KERNELS:-$({ HARTRAIN_KERNELS=none "$program" --version 2>&1 || true; } | sed -n 's/.*has the kernels \(.*\); choose.*/\1/p' | tr -d ',')}
for kernels in $sets; do
    export HARTRAIN_KERNELS="$kernels"
    while read -r name arguments; do
        at="$work/$kernels-$name"
        read -ra words <<<"$arguments"
        run "$at-1" "${words[@]}" --threads 1
        run "$at-2" "${words[@]}" --threads 2
        run "$at-stopped" "${words[@]}" --threads 2 --max-time 0.001s
        "$program" --resume "$at-stopped" --quiet >/dev/null
        first=$(digest "$at-1"/{best,last}.safetensors)
        for other in "$at-2" "$at-stopped"; do
            [ "$(digest "$other"/{best,last}.safetensors)" = "$first" ] || {
                echo "error: $other has not the tensors of $at-1" >&2
                exit 1
            }
        done
        echo "$kernels $name $first predict $(answers "$at-1/best.safetensors")"
    done <<<"$cases"
done >"$work/found"

if $write; then
    cp "$work/found" "$folder/same-bytes.txt"
    exit
fi
# A machine need not have every set of the file; every run that it makes must stand there as it is.
while read -r line; do
    if grep -qxF "$line" "$folder/same-bytes.txt"; then
        echo "same       $line"
    else
        echo "DIFFERENT  $line"
    fi
done <"$work/found" >"$work/result"
cat "$work/result"
! grep -q '^DIFFERENT' "$work/result"
