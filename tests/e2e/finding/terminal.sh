#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --no-capture: scenarios print where the runner prints, one after the other; nothing of it is kept.
. "$(dirname "$0")/lib.sh"

for rung in $rungs; do
    can "$rung" || continue
    run 0 e2e.find.prints e2e.find.passes --no-capture --containment "$rung" -j 4
    says "printed by e2e.find.prints"
    complains "complained by e2e.find.prints"
    is "jobs" 1 "$(query '.[0].jobs')"
    is "no log" "" "$(find "$run/cases" -name '*.log' 2>/dev/null)"
    is "bytes that the runner saw" 0 "$(query '.[] | select(.type == "attempt.ended") | .stdout_bytes' | sort -u)"
    nothing_left
done

run 0 e2e.find.prints
grep -q "printed by" "$work/console" && fail "captured output is on the console"
is "the log" "printed by e2e.find.prints" "$(cat "$run/cases/e2e.find.prints/attempt-1/stdout.log")"

# Who appends to a file appends to it after a run as well, although others wrote meanwhile.
{
    TMPDIR=$work/tmp "$bin/muster" run "$work_so" e2e.find.prints --no-capture --out "$out" </dev/null 2>"$work/complaints"
    echo "of somebody else" >>"$work/appended"
    echo "behind the run"
} >>"$work/appended"
is "the end of the file" "of somebody else behind the run" "$(tail -n 2 "$work/appended" | paste -sd ' ')"
finish
