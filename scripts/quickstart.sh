#!/usr/bin/env bash
# From a fresh Debian or Ubuntu with Swift to a trained network: installs the libraries if they are missing, gets UCI HAR (or says that it uses
# synthetic windows), builds hartrain and trains a short CNN.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
-h | --help)
    sed -n '2,3s/^# //p' "$0"
    echo "usage: scripts/quickstart.sh"
    exit 0
    ;;
"") ;;
*)
    echo "error: quickstart.sh takes no arguments" >&2
    exit 2
    ;;
esac

if ! command -v swift >/dev/null; then
    echo "error: swift is not installed: get Swift 6.2 or later from https://www.swift.org/install/linux/" >&2
    exit 1
fi

packages=(libcurl4-openssl-dev zlib1g-dev pkg-config)
if ! pkg-config --exists libcurl zlib 2>/dev/null; then
    echo "== installing ${packages[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}"
fi

echo "== data"
data=Data
if ! scripts/fetch-data.sh Data; then
    echo "note: UCI HAR could not be fetched. What follows uses SYNTHETIC windows, not recordings of people." >&2
    data=synthetic
fi

echo "== build (a few minutes the first time)"
swift build -c release --product hartrain

echo "== training a short CNN"
.build/release/hartrain --model cnn --epochs 20 --batch 64 --learning-rate 1e-3 --data "$data"
echo
echo "next: .build/release/hartrain --help"
