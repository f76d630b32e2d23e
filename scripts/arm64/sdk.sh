#!/usr/bin/env bash
# Makes what cross-builds for 64-bit ARM need, out of Debian's packages, in a folder of its own:
#
#   scripts/arm64/sdk.sh FOLDER
#
#   FOLDER/root      Debian sid for x86-64 with its Swift compiler; builds run in it by chroot
#   FOLDER/root/sdk  the Swift SDK "debian-arm64": Swift's libraries, libc, libcurl and zlib for aarch64, and OpenBLAS for the tests
#
# Swift's own distribution has no cross-compiler for Linux; Debian's compiler comes with the same version's libraries for both kinds of
# machine, Foundation included. Needs root, about 1.5 GB to download and 5 GB of disk, and some minutes; later calls are instant.
# Nothing of the system changes but for the package qemu-user.
#
# SWIFT_SUITE (sid) has the compiler, BASE_SUITE (trixie) the libraries that programs for ARM are linked with.
set -euo pipefail
folder=${1:?usage: sdk.sh FOLDER}
swift_suite=${SWIFT_SUITE:-sid}
base_suite=${BASE_SUITE:-trixie}
stamp="$swift_suite/$base_suite/3"
if [ "$(cat "$folder/stamp" 2>/dev/null || true)" = "$stamp" ]; then exit 0; fi

say() { echo "[${SECONDS}s] $*" >&2; }
if ! command -v qemu-aarch64 >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends qemu-user >/dev/null
fi
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work="$folder/work"
# shellcheck source=scripts/debian.sh
. "$(dirname "$0")/../debian.sh"

# unpack SUITE ARCHITECTURE TARGET PACKAGE...: the packages and all they depend on, without their documentation.
unpack() {
    local suite=$1 architecture=$2 target=$3
    shift 3
    local configuration
    configuration=$(world "$suite" "$architecture")
    APT_CONFIG="$configuration" apt-get install -y -qq --download-only "$@" >/dev/null
    # As Debian's own installer does: /bin, /lib and their like are links into /usr.
    mkdir -p "$target"/usr/{bin,sbin,lib,lib64}
    local name
    for name in bin sbin lib lib64; do ln -sfn "usr/$name" "$target/$name"; done
    local package
    for package in "$(dirname "$configuration")"/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -x -C "$target" --keep-directory-symlink \
            --exclude './usr/share/doc*' --exclude './usr/share/man*' --exclude './usr/share/locale*'
    done
}

root="$folder/root"
unpack "$swift_suite" amd64 "$root" swiftlang libstdc++-15-dev bash coreutils git pkgconf ca-certificates sed grep findutils tar
say "compiler unpacked: $(du -sm "$root" | cut -f1) MB"

sysroot="$root/sdk/debian-arm64.artifactbundle/debian-arm64/sysroot"
unpack "$base_suite" arm64 "$sysroot" libc6-dev libstdc++-14-dev libgcc-14-dev libopenblas0 libcurl4-openssl-dev zlib1g-dev
libraries="$sysroot/usr/lib/aarch64-linux-gnu"
# What update-alternatives would have set.
ln -sf openblas-pthread/libopenblas.so.0 "$libraries/libopenblas.so.0"

# Swift's libraries for ARM stand in the sysroot, the compiler's own headers beside them.
configuration=$(world "$swift_suite" arm64)
mkdir -p "$work/swift" "$work/unpacked"
(cd "$work/swift" && APT_CONFIG="$configuration" apt-get download -qq swiftlang libswiftlang)
for package in "$work"/swift/*.deb; do dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/unpacked"; done
for kind in swift swift_static; do
    from="$work/unpacked/usr/libexec/swift/lib/$kind"
    [ -d "$from" ] || continue
    cp -a "$from" "$sysroot/usr/lib/$kind"
    rm -rf "$sysroot/usr/lib/$kind/clang"
    ln -s /usr/libexec/swift/lib/swift/clang "$sysroot/usr/lib/$kind/clang"
done
# A cross-import overlay without a library.
find "$sysroot/usr/lib/swift" "$sysroot/usr/lib/swift_static" -name Testing.swiftcrossimport -prune -exec rm -rf {} +
say "libraries for ARM unpacked: $(du -sm "$sysroot" | cut -f1) MB"

bundle="$root/sdk/debian-arm64.artifactbundle"
cat >"$bundle/info.json" <<'END'
{ "schemaVersion": "1.0", "artifacts": { "debian-arm64": { "type": "swiftSDK", "version": "1.0.0",
  "variants": [ { "path": "debian-arm64" } ] } } }
END
cat >"$bundle/debian-arm64/swift-sdk.json" <<'END'
{ "schemaVersion": "4.0", "targetTriples": { "aarch64-unknown-linux-gnu": { "sdkRootPath": "sysroot",
  "swiftResourcesPath": "sysroot/usr/lib/swift", "swiftStaticResourcesPath": "sysroot/usr/lib/swift_static",
  "toolsetPaths": [ "toolset.json" ] } } }
END
cat >"$bundle/debian-arm64/toolset.json" <<'END'
{ "schemaVersion": "1.0", "swiftCompiler": { "extraCLIOptions": [ "-use-ld=lld" ] } }
END
rm -rf "$work"
echo "$stamp" >"$folder/stamp"
say "done: $(du -sm "$folder" | cut -f1) MB in $folder"
