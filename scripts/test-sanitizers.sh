#!/usr/bin/env bash
# Speaks every contract of the server to builds that find errors of memory and races in it:
#
#     scripts/test-sanitizers.sh            both
#     scripts/test-sanitizers.sh address    AddressSanitizer
#     scripts/test-sanitizers.sh thread     ThreadSanitizer
#
# Beside what scripts/test-serving.sh needs (HARTRAIN is the program that answers are compared with). Not part of CI: a build takes as
# long as all of its tests.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
reports=$(mktemp -d)
known=$(mktemp)
trap 'rm -r "$reports" "$known" "$known.thread"' EXIT
# NIO's pool for what blocks is made once, for ever. Its buffers, and the fields of a request, are written in place once nobody else holds
# them, which ThreadSanitizer does not see: Swift's runtime, which counts who does, is built without it.
printf '%s\n' leak:makePerpetualStarted >"$known"
printf '%s\n' race:NIOCore10ByteBufferV8_StorageC07reallocD0 race:HTTPTypes11HTTPRequestV18PseudoHeaderFieldsV4path >"$known.thread"
[ $# -gt 0 ] || set -- address thread
for kind in "$@"; do
    case "$kind" in
    address | thread) ;;
    *)
        echo "error: the sanitizers are address and thread, found '$kind'" >&2
        exit 2
        ;;
    esac
    echo "== harfunction with the sanitizer '$kind'" >&2
    swift build -c release --sanitize="$kind" --product harfunction --scratch-path ".build/$kind" >&2
    # A race or a leak ends no test: its report is what fails.
    variable=$([ "$kind" = address ] && echo ASAN_OPTIONS || echo TSAN_OPTIONS)
    options="log_path=$reports/$kind halt_on_error=0 exitcode=0"
    [ "$kind" = address ] || options+=" suppressions=$known.thread"
    env "$variable=$options" LSAN_OPTIONS="suppressions=$known:print_suppressions=0" \
        scripts/test-serving.sh ".build/$kind/release/harfunction" || status=1
done
if compgen -G "$reports/*" >/dev/null; then
    cat "$reports"/*
    status=1
fi
exit "$status"
