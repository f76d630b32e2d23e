#!/usr/bin/env bash
# Builds hartrain for 64-bit ARM Linux (Raspberry Pi 4 and later) on an x86-64 Debian machine, as root:
#
#   scripts/build-arm64.sh           .build-arm64/hartrain-<version>-aarch64-linux.tar.gz: the program and what the Pi needs to know
#   scripts/build-arm64.sh --tests   the tests instead, for scripts/test-arm64.sh
#   scripts/build-arm64.sh --product NAME   another program instead, .build-arm64/release/NAME
#
# The compiler and the libraries for ARM come from Debian's packages the first time (scripts/arm64/sdk.sh), into .build-arm64-sdk or the
# folder that HARTRAIN_ARM64_SDK names.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/release.sh
. scripts/release.sh
case "${1:-}" in
-h | --help)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
"" | --tests) ;;
--product)
    if [ -z "${2:-}" ]; then
        echo "error: --product takes the name of a program (see --help)" >&2
        exit 2
    fi
    ;;
*)
    echo "error: unknown option '$1' (see --help)" >&2
    exit 2
    ;;
esac
if [ "$(id -u)" -ne 0 ]; then
    echo "error: builds run in a chroot, which needs root: use sudo scripts/build-arm64.sh" >&2
    exit 1
fi

sdk=${HARTRAIN_ARM64_SDK:-.build-arm64-sdk}
scripts/arm64/sdk.sh "$sdk"
root=$(cd "$sdk/root" && pwd)
scratch=.build-arm64
if [ "${1:-}" = --tests ]; then scratch=.build-arm64-tests; fi

# Packages are fetched by this machine's Swift, where it has one: it knows its own proxies and mirrors.
if command -v swift >/dev/null; then swift package resolve --scratch-path "$scratch" >/dev/null; fi
if [ ! -d "$scratch/checkouts" ]; then cp /etc/resolv.conf "$root/etc/resolv.conf"; fi

# Where the root has the libraries for ARM.
libraries=/sdk/debian-arm64.artifactbundle/debian-arm64/sysroot

# in_root COMMAND...: in the root, where this folder has the same path: tests find their files by it. The mounts go with the process.
in_root() {
    mkdir -p "$root/$PWD" "$root/proc" "$root/dev"
    # shellcheck disable=SC2016 # The inner shell expands these.
    unshare --mount bash -c '
        mount --bind "$1" "$0/$1" && mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && shift
        exec chroot "$0" env -i "$@"' "$root" "$PWD" \
        HOME=/root PATH=/usr/libexec/swift/bin:/usr/bin:/bin \
        PKG_CONFIG_LIBDIR="$libraries/usr/lib/aarch64-linux-gnu/pkgconfig" \
        PKG_CONFIG_PATH="$libraries/usr/lib/aarch64-linux-gnu/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$libraries" \
        bash -c 'cd "$0" && exec "$@"' "$PWD" "$@"
}

cross=(swift build --swift-sdks-path /sdk --swift-sdk debian-arm64)
if [ "${1:-}" = --tests ]; then
    in_root env HARTRAIN_EMULATED_TESTS=1 "${cross[@]}" -c release --scratch-path "$scratch" --build-tests -Xswiftc -enable-testing
    exit 0
fi

archive=$(cd "$root" && echo ".$libraries"/usr/lib/gcc/aarch64-linux-gnu/*/libstdc++.a)
link_archive "$scratch/archives" "${archive#.}"
if [ "${1:-}" = --product ]; then
    in_root "${cross[@]}" "${release_options[@]}" --product "$2" --scratch-path "$scratch" >&2
    echo "$scratch/release/$2"
    exit 0
fi

in_root "${cross[@]}" "${release_options[@]}" --product hartrain --scratch-path "$scratch"
name="hartrain-$(release_version)-aarch64-linux"
rm -rf "${scratch:?}/$name"
mkdir "$scratch/$name"
cp "$scratch/release/hartrain" LICENSE "$scratch/$name/"
cp scripts/arm64/README-pi.md "$scratch/$name/README.md"
tar -czf "$scratch/$name.tar.gz" -C "$scratch" "$name"
echo "$scratch/$name.tar.gz"
