#!/usr/bin/env bash
# The study's load: run.sh URL [OPTION ...]    against a function that is served somewhere
#                   run.sh local [OPTION ...]  against all functions, started on this machine
#                   run.sh simulate | results [OPTION ...]
#
# Needs java (Debian's default-jre-headless) and, the first time, PyPI; local also haproxy, wrk and node. --help tells the options.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

# shellcheck source=../environment.sh
. "$here/../environment.sh"
environment "$here/.venv" "$here/requirements.txt" --no-deps
case "${1:-}" in
local | simulate | results)
    command=$1
    shift
    ;;
"" | -h | --help)
    sed -n '2,6s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
*) command=run ;;
esac
exec "$here/.venv/bin/python" "$here/$command.py" "$@"
