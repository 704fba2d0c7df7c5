#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The supervisor itself under valgrind, while everything happens at once. Debian 12's valgrind does not know
# pidfd_send_signal() and openat2(): nothing can be ended or removed under it, so no scenario here runs out of time, and
# what is left is not looked at. The other tests do both.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

command -v valgrind >/dev/null || { echo "valgrind is missing"; exit 1; }

# checked STATUS ARGUMENT...: muster under valgrind; its findings are status 99.
checked() {
    want=$1
    shift
    TMPDIR=$work/tmp valgrind --quiet --trace-children=no --error-exitcode=99 --leak-check=full \
        --errors-for-leak-kinds=definite,possible --log-file="$work/valgrind" \
        "$bin/muster" "$@" >"$work/console" 2>"$work/complaints" </dev/null
    status=$?
    is "muster $1" "$want" "$status"
    [ "$status" -ne 99 ] || grep -v -e 'unhandled amd64-linux syscall' -e 'README_MISSING' -e 'write your own handler' \
        -e 'consider this a bug' -e 'bug_reports' "$work/valgrind"
}

mkfifo "$dir/to-left" "$dir/to-right"
checked 1 run "$work_so" --out "$out" --set dir="$dir" -j 2 \
    e2e.work.passes e2e.work.fails e2e.work.skips e2e.work.aborts e2e.work.exits_with_zero e2e.work.recovers \
    e2e.work.floods e2e.work.attaches e2e.work.undoes_after_pass e2e.work.undoes_after_crash e2e.work.cannot_undo \
    e2e.work.meets_left e2e.work.meets_right
verdict meets_left passed
verdict recovers flaky
verdict aborts crashed
is "every case ended" 0 "$(query '.[-1].not_run')"

echo "not a plugin" >"$work/bad.so"
checked 6 list "$work_so" "$work/bad.so" --json
checked 0 inspect "$work_so"
checked 0 report "$run" --format junit
checked 0 report "$run/bundle.tar.zst" --format json
checked 0 verify "$run/bundle.tar.zst"
checked 4 run "$work_so" -m 'a and'
finish
