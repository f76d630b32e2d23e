#!/usr/bin/env bash
# Builds the pages of `import Hartrain` with swift-docc-plugin, without warnings, to .build-docs/pages (or the folder named).
#
# The plugin is a dependency of the package only while HARTRAIN_DOCS is set: who builds the library does not fetch it.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-.build-docs/pages}")
export HARTRAIN_DOCS=1
swift package --scratch-path .build-docs --allow-writing-to-directory "$out" generate-documentation \
    --target Hartrain --output-path "$out" --warnings-as-errors --transform-for-static-hosting --hosting-base-path hartrain
find "$out/data/documentation" -name '*.json' | wc -l | sed 's/$/ pages/'
