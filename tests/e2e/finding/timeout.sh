#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is known of an attempt that ran out of time: all of it among its files, the stacks' first lines in the failure, and
# of its environment the names only.
. "$(dirname "$0")/lib.sh"
PASSED_SECRET=hunter2
export PASSED_SECRET

# in_file REGEX
in_file() {
    grep -qE -- "$1" "$text" || fail "on $rung timeout.txt has no \"$1\" but: $(cat "$text")"
}

for rung in $rungs; do
    can "$rung" || continue
    : >"$dir/port"
    run 1 e2e.find.hangs_with_much --pass-env PASSED_SECRET --containment "$rung"
    verdict hangs_with_much timeout
    text=$run/cases/e2e.find.hangs_with_much/attempt-1/timeout.txt
    is "threads on $rung" 2 "$(grep -c '^thread [0-9]* "' "$text")"
    is "that wait for something" 2 "$(grep -cE '^thread .* state=S wchan=[a-z_]+' "$text")"
    in_file '^thread [0-9]+ "waiter" state=S wchan=futex'
    in_file '^  wait_in_thread at .*find\.c:[0-9]+$'
    in_file '^  wait_for_ever at .*find\.c:[0-9]+$'
    in_file "^  [0-9]+ -> $dir/kept-open\$"
    in_file "^  [0-9]+ -> tcp 127\.0\.0\.1:$(head -n 1 "$dir/port") \(LISTEN\)\$"
    for name in PATH MUSTER_RUN_ID MUSTER_CASE MUSTER_TMPDIR PASSED_SECRET FIND_SECRET; do
        in_file "^environment \(names only\):.* $name( |\$)"
    done
    is "values on $rung" "" "$(grep -rl hunter2 "$run/")"

    says "timed out: body took longer than 2s"
    says "wait_for_ever at "
    says "wchan="
    grep -q "wait_for_ever at " "$run/junit.xml" || fail "on $rung junit.xml has no stack"
    is "the event's stack on $rung" "true false false" "$(query '.[] | select(.type == "attempt.timeout") | .stack | join("\n") |
        [test("wait_in_thread at "), test("kept-open"), test("PASSED_SECRET")] | map(tostring) | join(" ")')"
    nothing_left
done
finish
