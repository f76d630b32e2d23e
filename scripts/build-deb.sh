#!/usr/bin/env bash
# Builds a Debian package of hartrain:
#
#   scripts/build-deb.sh           .build-deb/hartrain_<version>_amd64.deb (or of this machine's architecture)
#   scripts/build-deb.sh arm64     the same for 64-bit ARM, cross-built on an x86-64 Debian machine, as root (scripts/build-arm64.sh)
#
# Program, man page, completions for bash, zsh and fish. Needs dpkg-dev; checks the package by lintian where that is installed.
# DEBFULLNAME and DEBEMAIL name the package's maintainer, as for Debian's own tools.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/release.sh
. scripts/release.sh

native=$(dpkg --print-architecture)
architecture=${1:-$native}
case "$architecture" in
-h | --help)
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
"$native" | arm64) ;;
*)
    echo "error: packages are built for $native and arm64, not for '$architecture' (see --help)" >&2
    exit 2
    ;;
esac
for tool in dpkg-deb readelf; do
    if ! command -v "$tool" >/dev/null; then
        echo "error: $tool is not installed (apt-get install dpkg-dev)" >&2
        exit 1
    fi
done

program=$(build_release hartrain)
binary=$program
if [ "$architecture" != "$native" ]; then
    scripts/build-arm64.sh >&2
    binary=.build-arm64/release/hartrain
fi

version=$(release_version)
out=.build-deb
root="$out/$architecture"
package="$out/hartrain_${version}_$architecture.deb"
rm -rf "$root" "$package"
mkdir -p "$root"
zsh_folder=vendor-completions
place_program "$binary" "$program" "$root/usr" >&2
gzip -9n "$root/usr/share/man/man1/hartrain.1"

# newest NAME: the newest version of a symbol that the binary wants of a library, as GLIBC_2.38; nothing where it wants none.
newest() {
    readelf --version-info --wide "$binary" | sed -n "s/.*Name: \($1_[0-9.]*\) .*/\1/p" | sort -V | tail -n 1
}

# What the binary is linked with, as the packages that have it.
depends=()
for library in $(readelf --dynamic --wide "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    case "$library" in
    libc.so.6 | libm.so.6 | ld-linux*) glibc=$(newest GLIBC) && depends+=("libc6 (>= ${glibc#GLIBC_})") ;;
    libstdc++.so.6)
        # The symbols' numbers go with GCC's: 3.4.29 came with 11, one number with each version until 3.4.32 with 13.2.
        symbols=$(newest GLIBCXX)
        case "${symbols##*.}" in
        ? | 1? | 2?) gcc=11 ;;
        30) gcc=12 ;;
        31) gcc=13.1 ;;
        32) gcc=13.2 ;;
        33) gcc=14 ;;
        *)
            echo "error: no libstdc++6 is known for $symbols: add it to scripts/build-deb.sh" >&2
            exit 1
            ;;
        esac
        depends+=("libstdc++6 (>= $gcc)")
        ;;
    libgcc_s.so.1) depends+=("libgcc-s1 (>= 3.4)") ;;
    libz.so.1) depends+=("zlib1g (>= 1:1.2.0)") ;;
    *)
        echo "error: $binary is linked with $library, whose package is not known: add it to scripts/build-deb.sh" >&2
        exit 1
        ;;
    esac
done
mapfile -t depends < <(printf '%s\n' "${depends[@]}" | sort -u)
joined=$(printf ', %s' "${depends[@]}")

address=${DEBEMAIL:-$(git config user.email || echo "root@$(hostname)")}
maintainer="${DEBFULLNAME:-hartrain developers} <$address>"
date=$(git log -1 --format=%cD 2>/dev/null || date -R)
documents="$root/usr/share/doc/hartrain"
mkdir -p "$documents" "$root/DEBIAN"
# Debian has the Apache License in a file of its own.
cat >"$documents/copyright" <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: hartrain

Files: *
Copyright: the authors of hartrain
           Apple Inc. and the Swift project authors (Swift's libraries, swift-argument-parser, swift-protobuf)
           Free Software Foundation, Inc. (the parts of libstdc++ that are linked into the program)
License: Apache-2.0 and GPL-3+ with GCC Runtime Library Exception

License: Apache-2.0
 On Debian systems, the text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.

License: GPL-3+ with GCC Runtime Library Exception
 On Debian systems, the text of the GNU General Public License, version 3,
 is in /usr/share/common-licenses/GPL-3. The exception gives permission to
 convey a program that contains the library under terms of its own choice.
END
gzip -9n >"$documents/changelog.gz" <<END
hartrain ($version) unstable; urgency=medium

  * Version $version.

 -- $maintainer  $date
END
cat >"$root/DEBIAN/control" <<END
Package: hartrain
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -k -s --exclude=DEBIAN "$root" | cut -f1)
Depends: ${joined#, }
Recommends: libcurl4 (>= 7.88)
Suggests: libopenblas0
Section: science
Priority: optional
Description: trains and runs small time-series models on the device
 A machine-learning toolkit for Linux in one small binary, for inertial
 sensors and other windows of readings: convolutional and recurrent models,
 trained and used where the data is. The same seed gives the same bits for
 any number of threads and after any interruption.
 .
 libcurl4 is for weights in S3-compatible stores, libopenblas0 for the peak
 that 'hartrain bench' compares with.
END
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -type d -exec chmod 755 {} +
dpkg-deb --root-owner-group --build "$root" "$package" >&2
if command -v lintian >/dev/null; then
    lintian --fail-on error "$package" >&2
else
    echo "note: lintian is not installed, the package is not checked" >&2
fi
echo "$package"
