#!/usr/bin/env bash
# Measures harfunction against Python doing the same, and prints the table of goals: run.sh --harfunction PROGRAM --hartrain PROGRAM
#
# Needs wrk (Debian's package) and, the first time, PyPI. run.sh --help tells the options.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

environment() { # environment FOLDER REQUIREMENTS
    local stamp="$here/$1/requirements.txt"
    if ! cmp -s "$here/$2" "$stamp"; then
        rm -rf "${here:?}/$1"
        python3 -m venv "$here/$1" >&2
        "$here/$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/$2" >&2
        cp "$here/$2" "$stamp"
    fi
}
command -v wrk >/dev/null || {
    echo "error: wrk is not installed: apt-get install wrk" >&2
    exit 1
}
environment .venv requirements.txt
environment .venv-mlserver requirements-mlserver.txt
exec "$here/.venv/bin/python" "$here/run.py" --mlserver-python "$here/.venv-mlserver/bin/python" "$@"
