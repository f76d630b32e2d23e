# shellcheck shell=bash
# Debian's packages of any suite and architecture, taken apart from the system's own; read by scripts/arm64/sdk.sh and build-image.sh,
# which say in $work where lists and downloads are kept.

# The mirrors that this machine uses, where it is a Debian one.
mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
mirror=${mirror:-http://deb.debian.org/debian}
security_mirror=$(sed -n 's/^URIs: *\(.*-security\)\/*$/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
security_mirror=${security_mirror:-http://deb.debian.org/debian-security}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# world SUITE ARCHITECTURE [security]: lists and downloads apart from the system's, with the suite's security updates if asked; prints
# the configuration's path.
world() {
    local place="${work:?}/$1-$2"
    if [ ! -f "$place/apt.conf" ]; then
        mkdir -p "$place"/{lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d,etc/sources.list.d}
        : >"$place/status"
        echo "deb [signed-by=$keyring] $mirror $1 main" >"$place/etc/sources.list"
        if [ "${3:-}" = security ]; then
            echo "deb [signed-by=$keyring] $security_mirror $1-security main" >>"$place/etc/sources.list"
        fi
        cat >"$place/apt.conf" <<END
APT::Architecture "$2"; APT::Architectures { "$2"; }; APT::Install-Recommends "false"; APT::Sandbox::User "root";
Dir::State "$place"; Dir::State::Lists "$place/lists"; Dir::State::status "$place/status"; Dir::Cache "$place/cache";
Dir::Etc "$place/etc"; Dir::Etc::SourceList "$place/etc/sources.list"; Dir::Etc::SourceParts "$place/etc/sources.list.d";
Dir::Etc::Parts "$place/etc/apt.conf.d"; Acquire::Languages "none"; Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false"; Acquire::Retries "3";
END
        # Without lists, or with old ones, it is as if nothing had been made; the next call tries again.
        if ! APT_CONFIG="$place/apt.conf" apt-get -o APT::Update::Error-Mode=any update -qq; then
            rm "$place/apt.conf"
            return 1
        fi
    fi
    echo "$place/apt.conf"
}
