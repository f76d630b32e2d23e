#!/usr/bin/env bash
# Counts the instructions of a window in training, a prediction, a start and the parse of UCI HAR's text, by callgrind.
#
#     scripts/proofs/count-instructions.sh PROGRAM [OTHER]     # two programs side by side, with the ratio
#
# Instructions, not seconds: the same on a busy machine. Needs valgrind, which knows no AVX-512: the sets counted are
# those of AVX2 (HARTRAIN_KERNELS names another). HAR_DATA or Data holds UCI HAR; without it the parse is left out.
set -euo pipefail
data=${HAR_DATA:-$(cd "$(dirname "$0")/../.." && pwd)/Data}
[ $# -ge 1 ] || {
    echo "usage: count-instructions.sh PROGRAM [OTHER]" >&2
    exit 2
}
export HARTRAIN_KERNELS=${HARTRAIN_KERNELS:-avx2}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HARTRAIN_CACHE="$work/cache"

instructions() { # instructions PROGRAM ARGUMENT...
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null </dev/null |
        sed -n 's/^.*Collected : \([0-9]*\)$/\1/p'
}

windows() { # windows PROGRAM MODEL: a window trained on once, evaluated and scored; trials of 2 x 60 and 2 x 20 windows differ by 80
    # No checkpoint in between: when one is due is a matter of the clock.
    local words=(--model "$2" --data synthetic --dry-run --threads 1 --quiet --checkpoint-every 100000)
    local few many
    few=$(instructions "$1" "${words[@]}" --batch 20)
    many=$(instructions "$1" "${words[@]}" --batch 60)
    echo $(((many - few) / 80))
}

predictions() { # predictions PROGRAM WEIGHTS: one window more
    local one many
    one=$(instructions "$1" predict --weights "$2" --json "$work/1.f32")
    many=$(instructions "$1" predict --weights "$2" --json "$work/41.f32")
    echo $(((many - one) / 40))
}

python3 - "$work" <<'PYTHON'
import random, struct, sys
random.seed(1)
for count in (1, 41):
    with open(f"{sys.argv[1]}/{count}.f32", "wb") as out:
        out.write(struct.pack(f"<{count * 1152}f", *(random.gauss(0, 1) for _ in range(count * 1152))))
PYTHON

measure() { # measure PROGRAM: a line for each quantity
    local weights
    weights="$(cd "$(dirname "$0")/../.." && pwd)/Checkpoints/pretrained"
    echo "start $(instructions "$1" --version)"
    echo "predict-one-window-cnn $(instructions "$1" predict --weights "$weights/cnn/best.safetensors" "$work/1.f32")"
    for model in cnn lstm; do
        echo "prediction-$model $(predictions "$1" "$weights/$model/best.safetensors")"
        echo "window-$model $(windows "$1" "$model")"
    done
    if [ -d "$data/UCI HAR Dataset" ]; then
        echo "parse $(instructions "$1" data --no-cache --data "$data")"
    fi
}

# Valgrind 3.19 gives up on the debugger's data of a Swift program.
stripped() { # stripped PROGRAM NAME
    strip -o "$work/$2" "$1"
    echo "$work/$2"
}

measure "$(stripped "$1" one)" >"$work/first"
if [ $# -eq 1 ]; then
    column -t "$work/first"
    exit
fi
measure "$(stripped "$2" two)" >"$work/second"
join <(sort "$work/first") <(sort "$work/second") |
    awk '{ printf "%-24s %15d %15d %8.4f\n", $1, $2, $3, $3 / $2 }'
