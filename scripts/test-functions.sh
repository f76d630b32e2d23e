#!/usr/bin/env bash
# Tests Functions/: every handler runs for real on loopback under what the platforms run it by, and every manifest is checked.
# Needs python3 with venv, node, and PyPI the first time. Arguments go to unittest: scripts/test-functions.sh -k knative
#
# HARTRAIN names the program whose answers are the right ones (.build/tests/release/hartrain or .build/release/hartrain where not set),
# HARFUNCTION the Swift server. What needs a program that is not there is skipped, and said.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=(Functions/tests/requirements.txt Functions/python-har/requirements.txt Functions/openfaas/template/python/requirements.txt)
environment=.build-functions
stamp="$environment/requirements.txt"
if ! cat "${requirements[@]}" | cmp -s - "$stamp"; then
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "${requirements[0]}"
    cat "${requirements[@]}" >"$stamp"
fi

if [ -z "${HARTRAIN:-}" ]; then
    for program in .build/tests/release/hartrain .build/release/hartrain; do
        if [ -x "$program" ]; then
            HARTRAIN="$PWD/$program"
            break
        fi
    done
fi
export HARTRAIN="${HARTRAIN:-}" HARFUNCTION="${HARFUNCTION:-}"

# Parsl starts its workers by name, and leaves sockets and logs to the garbage collector.
export PATH="$PWD/$environment/bin:$PATH"
export PYTHONPATH="$PWD/Tests/Manifests"
exec python -W default -W ignore::ResourceWarning -m unittest discover --verbose --start-directory Functions/tests "$@"
