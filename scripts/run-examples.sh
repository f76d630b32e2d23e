#!/usr/bin/env bash
# Builds the packages in Examples/ from the outside, as somebody else's packages that name this one, runs them, and checks what they print.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# They share the build of what they name: it takes far longer than theirs.
scratch="$root/.build/examples"
build() { # build NAME: prints the program's path
    swift build -c release --package-path "Examples/$1" --scratch-path "$scratch" --product "$1" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        return 1
    }
    # The next build would replace what the link in the scratch folder leads to.
    cp "$scratch/release/$1" "$work/$1"
    echo "$work/$1"
}
expect() { # expect TEXT PATTERN
    grep -qE "$2" <<<"$1" || {
        printf 'error: expected %s in\n%s\n' "$2" "$1" >&2
        return 1
    }
}

echo "== README shows what is built"
python3 - <<'PYTHON'
shown = open("README.md").read().split("```swift\nimport Hartrain\n")[1].split("    // ...\n}\n```")[0]
built = open("Examples/train/Sources/train/Train.swift").read()
if not built.startswith("import Hartrain\n" + shown):
    raise SystemExit("error: README.md's section \"In Swift\" is not the beginning of Examples/train")
PYTHON

cd "$work"
train=$(cd "$root" && build train)
own=$(cd "$root" && build own-layer)
predict=$(cd "$root" && build predict)

echo "== train on arrays"
text=$("$train")
echo "$text"
expect "$text" '^epoch 1: validation accuracy '
expect "$text" '^a person never seen: accuracy (1\.0|0\.9)'

echo "== an own layer"
text=$("$own")
echo "$text"
expect "$text" '^accuracy 1\.0, gains \['

echo "== predict"
# A recording of two windows: what the trained model of arrays makes of rest and of shaking.
python3 - >recording.csv <<'PYTHON'
for label in (0, 2):
    for step in range(50):
        print(",".join(str(float((5 * step + channel) % (4 + label)) * label) for channel in range(5)))
PYTHON
text=$("$predict" gesture.safetensors recording.csv)
echo "$text"
expect "$(head -n 1 <<<"$text")" '^rest (1\.0|0\.[5-9])'
expect "$(tail -n 1 <<<"$text")" '^shake (1\.0|0\.[5-9])'
