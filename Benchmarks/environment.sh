# shellcheck shell=bash
# Python environments of the benchmarks, made from pinned requirements the first time and when those change. Sourced by their run.sh.

environment() { # environment FOLDER REQUIREMENTS [PIP-OPTION...]
    local folder="$1" requirements="$2" stamp="$1/requirements.txt"
    if ! cmp -s "$requirements" "$stamp"; then
        rm -rf "${folder:?}"
        python3 -m venv "$folder" >&2
        "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" "${@:3}" >&2
        cp "$requirements" "$stamp"
    fi
}
