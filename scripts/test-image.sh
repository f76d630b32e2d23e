#!/usr/bin/env bash
# Tests the images that scripts/build-image.sh makes:
#
#   scripts/test-image.sh                        builds harfunction for this machine, and images of it
#   scripts/test-image.sh --binary FILE          takes a program that is built already; once more for one of the other architecture
#   scripts/test-image.sh --product hartrain     the trainer instead
#
# Every image is checked against the OCI image specification, and read by skopeo and umoci where they are installed. Two builds have the
# same bytes. The program of the image runs by bubblewrap in the image's files alone, as its user and with a read-only root: it answers
# with weights in a file, and with weights that it loads by https from an S3 server (rclone) whose name it asks a name server for. An image
# for 64-bit ARM runs under qemu-aarch64 where that is installed. Nothing leaves the machine but the download of Debian's packages.
#
# Needs bubblewrap, and a Python with what scripts/test-tools.sh installs.
set -euo pipefail
case "${1:-}" in
-h | --help)
    sed -n '2,14s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
esac
options=()
binaries=()
product=harfunction
while [ $# -gt 0 ]; do
    case "$1" in
    --binary) binaries+=("$(realpath -m "${2:?--binary takes a file}")") ;;
    --product) product=${2:?--product takes a name} ;;
    *)
        echo "error: unknown option '$1' (see --help)" >&2
        exit 2
        ;;
    esac
    shift 2
done
cd "$(dirname "$0")/.."
if ! command -v bwrap >/dev/null; then
    echo "error: bwrap is not installed (apt-get install bubblewrap)" >&2
    exit 1
fi
python=${HARTRAIN_TEST_PYTHON:-$(scripts/test-tools.sh)}
native=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without a program, it is built once and taken for all images.
if [ ${#binaries[@]} -eq 0 ]; then
    # shellcheck source=scripts/release.sh
    . scripts/release.sh
    binaries=("$PWD/$(build_release "$product")")
fi
architectures=()
for binary in "${binaries[@]}"; do
    options+=(--binary "$binary")
    case "$(od -A n -t u2 -j 18 -N 2 "$binary" | tr -d ' ')" in
    62) architectures+=(amd64) ;;
    183) architectures+=(arm64) ;;
    esac
done
options+=(--product "$product" --arch "$(IFS=, && echo "${architectures[*]}")")
if [ "$product" = harfunction ]; then options+=(--weights Checkpoints/pretrained/cnn/best.safetensors); fi

echo "== images of $product for ${architectures[*]}"
scripts/build-image.sh "${options[@]}" --out "$work/image.tar" >/dev/null
# Elsewhere, by someone else's settings, at another time, from the packages of the first build.
(umask 077 && cd / && TZ=Asia/Tokyo LC_ALL=C PYTHONHASHSEED=7 "$OLDPWD/scripts/build-image.sh" "${options[@]/#Checkpoints/$OLDPWD/Checkpoints}" \
    --packages "$OLDPWD/.build-image/packages" --out "$work/again.tar" >/dev/null)
cmp "$work/image.tar" "$work/again.tar"
echo "passed: two builds have the same bytes"
for variant in full none gzip; do
    case $variant in gzip) option=(--gzip) ;; *) option=(--curl "$variant") ;; esac
    scripts/build-image.sh "${options[@]}" "${option[@]}" --packages .build-image/packages --out "$work/$variant.tar" >/dev/null
done
cp .build-image/packages -r "$work/packages"
rm "$work/packages/${architectures[0]}"/libssl3*
echo "before" >"$work/kept.tar"
if scripts/build-image.sh "${options[@]}" --packages "$work/packages" --out "$work/kept.tar" 2>"$work/error"; then
    echo "FAILED: an image is built without libssl" >&2
    exit 1
fi
grep -q "^error: no package for ${architectures[0]} has libssl" "$work/error"
[ "$(cat "$work/kept.tar")" = before ]
echo "passed: without one of the packages nothing is built, the error names it, and what was there stays"

echo "== layouts"
for image in image full none gzip; do
    # The goal is one for what is built by default.
    most=45
    if [ $image = full ]; then most=60; fi
    "$python" scripts/image/check.py layout "$work/$image.tar" $most
done
if command -v skopeo >/dev/null; then
    for image in image gzip; do
        skopeo copy --quiet --all "oci-archive:$work/$image.tar" "dir:$work/$image.dir"
        skopeo inspect --raw "oci-archive:$work/$image.tar" >/dev/null
        # As `docker load` reads it: by manifest.json.
        for tag in $(tar -xOf "$work/$image.tar" manifest.json | "$python" -c 'import json, sys; [print(i["RepoTags"][0]) for i in json.load(sys.stdin)]'); do
            skopeo copy --quiet "docker-archive:$work/$image.tar:$tag" "dir:$work/$image.docker"
        done
    done
    echo "passed: skopeo copies it, as an OCI archive and as one of Docker's"
else
    echo "note: skopeo is not installed; it reads no image here" >&2
fi
if command -v umoci >/dev/null && [ ${#architectures[@]} -eq 1 ]; then
    mkdir "$work/layout" "$work/files"
    tar -xf "$work/image.tar" -C "$work/layout"
    umoci unpack --rootless --image "$work/layout:$(umoci ls --layout "$work/layout")" "$work/bundle" >/dev/null
    "$python" scripts/image/check.py unpack "$work/image.tar" "${architectures[0]}" "$work/files"
    diff -r --no-dereference "$work/bundle/rootfs" "$work/files"
    echo "passed: umoci unpacks the same files"
else
    echo "note: umoci is not installed, or the image is for two architectures, which it does not unpack" >&2
fi

echo "== programs"
for architecture in "${architectures[@]}"; do
    if [ "$architecture" != "$native" ] && ! { [ "$architecture" = arm64 ] && command -v qemu-aarch64 >/dev/null; }; then
        echo "note: nothing here runs programs for $architecture (apt-get install qemu-user)" >&2
        continue
    fi
    for image in image full none; do
        # A network of its own, for the name server's port.
        bwrap --dev-bind / / --unshare-net --unshare-user --uid 0 --gid 0 --cap-add ALL --die-with-parent \
            "$python" scripts/image/check.py run "$work/$image.tar" "$architecture" 2>"$work/log" || {
            cat "$work/log" >&2
            exit 1
        }
    done
done
