#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A full disk: status 3, a message that says so, and a log that is valid up to there.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

namespaces=-m
unshare -m true 2>/dev/null || namespaces=-rm # without root: in a user namespace
if ! unshare $namespaces true 2>/dev/null; then
    echo "skipped: no right to mount a small file system"
    exit 77
fi

# The small file system is in a mount namespace of its own, and goes with it.
mkdir "$work/small"
unshare $namespaces sh -c '
    mount -t tmpfs -o size=128k none "$1/small" || exit 77
    TMPDIR=$1/tmp "$2/muster" run "$3" e2e.work.logs_a_lot e2e.work.passes --out "$1/small/out" -j 1 \
        >"$1/console" 2>"$1/complaints" </dev/null
    echo $? >"$1/status"
    mkdir "$1/left" && cp "$1/small/out/latest/events.jsonl" "$1/left/"
' sh "$work" "$bin" "$work_so"
[ $? -ne 77 ] || exit 77
is "status" 3 "$(cat "$work/status")"
case $(tr -s '\n ' '  ' <"$work/console") in
*"writing the event log events.jsonl"*"No space left on device"*) ;;
*) fail "the console does not say why" ;;
esac
case $(tr -s '\n ' '  ' <"$work/console") in
*interrupted*) fail "an attempt is said to have been interrupted" ;;
*"the runner failed: writing the event log"*) ;;
*) fail "the attempt that was ended does not say why" ;;
esac
[ "$(stat -c %s "$work/left/events.jsonl")" -gt 60000 ] || fail "there is hardly a log"
muster report --format junit "$work/left" || fail "no report from what was written"
xmllint --noout "$work/console" || fail "the report is not well-formed"
left=$(find "$work/tmp" -mindepth 1 | head -n 3)
[ -z "$left" ] || fail "temporary files are left: $left"
finish
