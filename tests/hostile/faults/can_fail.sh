#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # scripts are given as they are
# can_fail.sh BIN: one.sh notices each thing that a runner may do wrong; here a script does it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/muster-faults.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
cp "$1/fault-run" "$work/bin/"
failures=0

# expect TEXT SCRIPT: what one.sh says of a runner that does this.
expect() {
    printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/muster"
    chmod +x "$work/bin/muster"
    limit=${3:-20} "$here/one.sh" "$work/bin" none "$work/runs" supervisor:openat:1:EMFILE >"$work/said" 2>&1
    rm -rf "$work/runs"
    grep -q "$1" "$work/said" && return
    failures=$((failures + 1))
    echo "FAILED: not \"$1\" but: $(cat "$work/said")"
}

expect 'it hangs' 'exec sleep 1000' 1
expect 'processes are left: .*sleep 1000' 'sleep 1000 & exit 3'
expect 'status 0: ' 'exit 0'
expect 'status 139: ' 'kill -SEGV $$'
expect 'status 4: muster: a folder' 'echo "muster: a folder" >&2; exit 4'
expect 'not a line on standard error' 'echo "the runner failed"; exit 3'
expect 'status 6, and nothing was refused' 'exit 6'
expect 'status 1, and the log ends with ""' 'exit 1'
expect 'what cleanup --all does not remove' '[ "$1" = cleanup ] || { touch "$TMPDIR/left"; echo "muster: x" >&2; exit 3; }'
[ "$failures" -eq 0 ]
