#!/usr/bin/env bash
# Builds the pages of `import Hartrain`, without warnings, to .build-docs/pages (or the folder named).
#
# Most of what the door gives is re-exported from other rooms, which swift-docc-plugin leaves out: the compiler's own extractor
# is asked for it, and DocC for the pages. A name without a summary is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$PWD/.build-docs
out=$(realpath -m "${1:-$build/pages}")
swift build --scratch-path "$build" --target Hartrain
modules=$build/debug/Modules
maps=()
for map in "$build"/debug/C*.build/module.modulemap "$PWD"/Sources/C*/module.modulemap; do
    [ -e "$map" ] && maps+=(-Xcc "-fmodule-map-file=$map")
done
exported=$(sed -n 's/^@_exported public import [a-z]* \([A-Za-z]*\)\..*/\1/p' Sources/Hartrain/Exports.swift | sort -u | paste -sd,)

rm -rf "$build/symbols" "$out"
mkdir -p "$build/symbols"
swift symbolgraph-extract -module-name Hartrain -I "$modules" "${maps[@]}" \
    -target "$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1)" \
    -minimum-access-level public -experimental-allowed-reexported-modules="$exported" -output-dir "$build/symbols"

python3 - "$build/symbols/Hartrain.symbols.json" <<'PYTHON'
import json, sys
symbols = json.load(open(sys.argv[1]))["symbols"]
# What the compiler makes (a conformance's ==) has no place for a comment.
silent = sorted(
    ".".join(symbol["pathComponents"]) for symbol in symbols
    if "docComment" not in symbol and "::SYNTHESIZED::" not in symbol["identifier"]["precise"] and "location" in symbol)
for name in silent:
    print(f"error: {name} has no summary", file=sys.stderr)
types = sum(len(symbol["pathComponents"]) == 1 for symbol in symbols)
print(f"{types} types, {len(symbols)} names")
sys.exit(bool(silent))
PYTHON

docc convert Sources/Hartrain/Hartrain.docc --additional-symbol-graph-dir "$build/symbols" --output-path "$out" \
    --fallback-display-name Hartrain --fallback-bundle-identifier hartrain --warnings-as-errors \
    --transform-for-static-hosting --hosting-base-path hartrain
find "$out/data/documentation" -name '*.json' | wc -l | sed 's/$/ pages/'
