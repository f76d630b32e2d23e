#!/usr/bin/env bash
# Builds hartrain with Swift's libraries inside and installs it:
#
#   scripts/install.sh            to /usr/local
#   scripts/install.sh ~/.local   to a folder of yours
#
# Program, man page, completions for bash, zsh and fish. Prints the files that it writes; to remove hartrain, remove them.
set -euo pipefail
case "${1:-}" in
-h | --help)
    sed -n '2,7s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
-*)
    echo "error: unknown option '$1' (see --help)" >&2
    exit 2
    ;;
esac
if [ $# -gt 1 ]; then
    echo "error: install.sh takes one folder (see --help)" >&2
    exit 2
fi
prefix=$(realpath -m "${1:-/usr/local}")
cd "$(dirname "$0")/.."
# shellcheck source=scripts/release.sh
. scripts/release.sh

# Only the copying is done as root, and only where it has to be.
existing=$prefix
while [ ! -e "$existing" ]; do existing=$(dirname "$existing"); done
if [ ! -w "$existing" ]; then
    if ! command -v sudo >/dev/null; then
        echo "error: $existing cannot be written to: give a folder of yours, as scripts/install.sh ~/.local" >&2
        exit 1
    fi
    as_root=(sudo)
fi

program=$(build_release hartrain)
place_program "$program" "$program" "$prefix"
case ":$PATH:" in
*":$prefix/bin:"*) ;;
*) echo "note: $prefix/bin is not on the path: export PATH=\"$prefix/bin:\$PATH\"" >&2 ;;
esac
