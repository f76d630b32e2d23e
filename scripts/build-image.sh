#!/usr/bin/env bash
# Builds a container image of harfunction, as a tar with an OCI image layout; needs no container engine and no registry:
#
#   scripts/build-image.sh                      .build-image/harfunction-<version>.tar, for this machine's architecture
#   scripts/build-image.sh --arch amd64,arm64   for both in one file (64-bit ARM is cross-built as root, scripts/build-arm64.sh)
#
#   --weights FILE      weights that it serves where nothing else is said
#   --out FILE          where the image is written
#   --name NAME:TAG     what it is called (harfunction:<version>)
#   --binary FILE       a program that is built already, with Swift's libraries in it; once for each architecture
#   --curl lean         libcurl without the libraries that http and https do not need: in their place are small ones (the default)
#          full         all libraries as Debian has them
#          none         no libcurl: weights from files only
#   --packages FOLDER   Debian packages of an earlier build (.build-image/packages) in place of the newest ones
#   --gzip              compressed layers
#   --product hartrain  the trainer instead
#
# The image has the program and the libraries that it loads, of Debian's packages for IMAGE_SUITE (trixie); it runs as user 65532, with a
# read-only root, and writes below /tmp. The same program, packages and options make the same bytes: files have the time of the last
# commit, or that of SOURCE_DATE_EPOCH. docs/image.md says how Docker, Podman and Kubernetes take it.
#
# Needs python3, and Debian's apt-get and dpkg-deb.
set -euo pipefail
usage() {
    sed -n '2,25s/^# \{0,1\}//p' "$0"
}
fail() { # fail CODE MESSAGE
    echo "error: $2" >&2
    exit "$1"
}

suite=${IMAGE_SUITE:-trixie}
architectures=$(dpkg --print-architecture)
weights=
out=
name=
binaries=()
curl=lean
packages=
product=harfunction
more=()
while [ $# -gt 0 ]; do
    case "$1" in
    -h | --help)
        usage
        exit 0
        ;;
    --gzip)
        more+=(--gzip)
        shift
        continue
        ;;
    --arch | --weights | --out | --name | --binary | --curl | --packages | --product) ;;
    *) fail 2 "unknown option '$1' (see --help)" ;;
    esac
    if [ -z "${2:-}" ]; then fail 2 "$1 takes a value (see --help)"; fi
    # Paths are those of whoever calls, the rest goes on in the repository's folder.
    case "$1" in
    --arch) architectures=$2 ;;
    --weights) weights=$(realpath -m "$2") ;;
    --out) out=$(realpath -m "$2") ;;
    --name) name=$2 ;;
    --binary) binaries+=("$(realpath -m "$2")") ;;
    --curl) curl=$2 ;;
    --packages) packages=$(realpath -m "$2") ;;
    --product) product=$2 ;;
    esac
    shift 2
done
cd "$(dirname "$0")/.."
# shellcheck source=scripts/release.sh
. scripts/release.sh
# shellcheck source=scripts/debian.sh
. scripts/debian.sh

case "$curl" in lean | full | none) ;; *) fail 2 "--curl is lean, full or none, not '$curl'" ;; esac
case "$product" in harfunction | hartrain) ;; *) fail 2 "--product is harfunction or hartrain, not '$product'" ;; esac
IFS=, read -ra architectures <<<"$architectures"
for architecture in "${architectures[@]}"; do
    case "$architecture" in amd64 | arm64) ;; *) fail 2 "images are built for amd64 and arm64, not for '$architecture'" ;; esac
done
mapfile -t architectures < <(printf '%s\n' "${architectures[@]}" | sort -u)
for file in "${binaries[@]}" ${weights:+"$weights"}; do
    if [ ! -f "$file" ]; then fail 1 "there is no file $file"; fi
done
if [ -n "$weights" ] && [ "$product" != harfunction ]; then fail 2 "--weights are for harfunction"; fi
version=$(release_version)
name=${name:-$product:$version}
if ! [[ "$name" =~ ^[a-z0-9.:/_-]+:[A-Za-z0-9_][A-Za-z0-9._-]*$ ]]; then
    fail 2 "--name is NAME:TAG, such as localhost:32000/$product:$version, not '$name'"
fi
out=${out:-.build-image/$product-$version.tar}

# The commit that the program is of, and its time.
revision=
if [ ${#binaries[@]} -eq 0 ]; then revision=$(git describe --always --abbrev=40 --exclude '*' --dirty 2>/dev/null || true); fi
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || true)}
if ! [[ "$time" =~ ^[0-9]+$ ]]; then
    fail 1 "no time to give the files: set SOURCE_DATE_EPOCH to seconds since 1970, or build in a clone made by git"
fi

# program_for ARCHITECTURE: prints the path of the program; builds it where it is not given.
program_for() {
    local file machine
    for file in "${binaries[@]}"; do
        # ELF's number of the machine.
        machine=$(od -A n -t u2 -j 18 -N 2 "$file" | tr -d ' ')
        case "$machine:$1" in 62:amd64 | 183:arm64)
            echo "$file"
            return
            ;;
        esac
    done
    if [ ${#binaries[@]} -gt 0 ]; then fail 1 "none of the files of --binary is for $1: give one more, or leave $1 out of --arch"; fi
    if [ "$1" = "$(dpkg --print-architecture)" ]; then
        build_release "$product"
    elif [ "$1" = arm64 ]; then
        scripts/build-arm64.sh --product "$product"
    else
        fail 1 "$product cannot be built for $1 on this machine: build it on one, and give it by --binary"
    fi
}

# fetch ARCHITECTURE FOLDER: downloads the newest packages that an image may take files of.
fetch() {
    local configuration
    if [ ! -f "$keyring" ]; then fail 1 "the keys of Debian's archive are missing (apt-get install debian-archive-keyring)"; fi
    mkdir -p "$2/partial"
    rm -f "$work/$suite-$1/apt.conf" # so that the lists are read anew
    configuration=$(world "$suite" "$1" "$([ "$suite" = sid ] || echo security)")
    export APT_CONFIG=$configuration
    local get=(apt-get -qq -o "Dir::Cache::Archives=$PWD/$2")
    "${get[@]}" autoclean >/dev/null
    "${get[@]}" install -y --download-only libc6 libgcc-s1 libstdc++6 zlib1g libcurl4 >/dev/null
    # Of these the files alone: what they depend on is for their installation.
    cd "$2"
    apt-get download -qq base-files ca-certificates >/dev/null
}

work=$PWD/.build-image
arguments=()
for architecture in "${architectures[@]}"; do
    program=$(program_for "$architecture")
    folder=${packages:-.build-image/packages}/$architecture
    if [ -z "$packages" ]; then
        # A process of its own, which ends at the first error.
        (fetch "$architecture" "$folder") &
        wait $! || fail 1 "Debian's packages for $architecture are not to be had now: --packages .build-image/packages takes those of an earlier build"
    elif [ ! -d "$folder" ]; then
        fail 1 "there is no folder $folder: give one with $(printf '%s/ ' "${architectures[@]}")in it, as .build-image/packages"
    fi
    arguments+=(--image "$architecture" "$program" "$folder")
done
python3 scripts/image/build.py "${arguments[@]}" --product "$product" --name "$name" --suite "$suite" --curl "$curl" --time "$time" \
    --version "$version" ${revision:+--revision "$revision"} ${weights:+--weights "$weights"} "${more[@]}" --out "$out"
echo "$out"
