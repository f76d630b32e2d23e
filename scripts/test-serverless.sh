#!/usr/bin/env bash
# Tests Benchmarks/serverless: the autoscaler's rule, the queue, what is read and written, the JMeter plan; twenty requests by JMeter to a
# function on loopback, and pods behind haproxy. Needs python3 with venv, and PyPI the first time. Arguments go to unittest.
#
# HARTRAIN names the program that reads windows (.build/tests/release/hartrain or .build/release/hartrain where not set). What needs it,
# java or haproxy is skipped where they are not, and said.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=../Benchmarks/environment.sh
. Benchmarks/environment.sh
environment Benchmarks/serverless/.venv Benchmarks/serverless/requirements.txt --no-deps

if [ -z "${HARTRAIN:-}" ]; then
    for program in .build/tests/release/hartrain .build/release/hartrain; do
        if [ -x "$program" ]; then
            HARTRAIN="$PWD/$program"
            break
        fi
    done
fi
export HARTRAIN="${HARTRAIN:-}" PYTHONPATH="$PWD/Benchmarks/serverless"
exec Benchmarks/serverless/.venv/bin/python -W default -m unittest discover --verbose --start-directory Benchmarks/serverless/tests "$@"
