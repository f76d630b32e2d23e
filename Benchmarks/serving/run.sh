#!/usr/bin/env bash
# Measures harfunction against Python doing the same, and prints the table of goals: run.sh --harfunction PROGRAM --hartrain PROGRAM
#
# Needs wrk (Debian's package) and, the first time, PyPI. run.sh --help tells the options.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

# shellcheck source=../environment.sh
. "$here/../environment.sh"
command -v wrk >/dev/null || {
    echo "error: wrk is not installed: apt-get install wrk" >&2
    exit 1
}
environment "$here/.venv" "$here/requirements.txt"
environment "$here/.venv-mlserver" "$here/requirements-mlserver.txt"
exec "$here/.venv/bin/python" "$here/run.py" --mlserver-python "$here/.venv-mlserver/bin/python" "$@"
