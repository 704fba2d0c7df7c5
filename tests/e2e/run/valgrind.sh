#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The supervisor itself under valgrind, while everything happens at once.
. "$(dirname "$0")/lib.sh"

command -v valgrind >/dev/null || { echo "valgrind is missing"; exit 1; }
mkfifo "$dir/to-left" "$dir/to-right"
TMPDIR=$work/tmp valgrind --quiet --trace-children=no --error-exitcode=99 --leak-check=full \
    --errors-for-leak-kinds=definite,possible --track-fds=no --log-file="$work/valgrind" \
    "$bin/muster" run "$work_so" --out "$out" --set dir="$dir" -j 2 --grace 100ms \
    e2e.work.passes e2e.work.fails e2e.work.skips e2e.work.aborts e2e.work.exits_with_zero e2e.work.recovers \
    e2e.work.ignores_sigterm e2e.work.floods e2e.work.attaches e2e.work.undoes_after_crash e2e.work.cannot_undo \
    e2e.work.waits_in_setup e2e.work.meets_left e2e.work.meets_right \
    >"$work/console" 2>"$work/complaints" </dev/null
status=$?
[ "$status" -ne 99 ] || cat "$work/valgrind"
is "status" 1 "$status"
verdict meets_left passed
verdict recovers flaky
verdict ignores_sigterm timeout
nothing_left

for verb in list inspect; do
    valgrind --quiet --trace-children=no --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible \
        "$bin/muster" $verb "$work_so" >"$work/console" 2>"$work/complaints" </dev/null
    is "$verb" 0 $?
done
finish
