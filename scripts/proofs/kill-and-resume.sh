#!/usr/bin/env bash
# Kills a run with SIGKILL at random moments and resumes it: each must end in the bytes of the run that nobody killed.
#
#     scripts/proofs/kill-and-resume.sh PROGRAM [COUNT]     # 60 kills where no number is given
set -euo pipefail
program=$(realpath "${1:?usage: kill-and-resume.sh PROGRAM [COUNT]}")
count=${2:-60}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HARTRAIN_CACHE="$work/cache"
words=(--model cnn --epochs 12 --batch 100 --data synthetic --quiet --checkpoint-every 0)

begin=$(date +%s%N)
"$program" "${words[@]}" --out whole >/dev/null
took=$((($(date +%s%N) - begin) / 1000000))
expected=$(cat whole/{best,last}.safetensors | sha256sum)

same=0 before=0 inside=0
for ((number = 1; number <= count; number++)); do
    rm -rf run
    "$program" "${words[@]}" --out run >/dev/null 2>&1 &
    sleep "$(printf '%d.%03d' $((RANDOM % took / 1000)) $((RANDOM % 1000 * took / (took > 1000 ? took : 1000) % 1000)))"
    # It may be over already.
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
    if [ -e run/run.json ]; then
        inside=$((inside + 1))
        "$program" --resume run --quiet >/dev/null
    else
        # Killed before the run could be resumed: it begins again.
        before=$((before + 1))
        rm -rf run
        "$program" "${words[@]}" --out run >/dev/null
    fi
    if [ "$(cat run/{best,last}.safetensors | sha256sum)" = "$expected" ]; then
        same=$((same + 1))
    else
        echo "error: kill $number: other bytes" >&2
    fi
done
echo "$same of $count end in the same bytes ($before killed before the run was first saved, $inside resumed; $took ms a run)"
[ "$same" = "$count" ]
