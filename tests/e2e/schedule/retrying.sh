#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Which failures are tried again, how many in all, and which are known.
. "$(dirname "$0")/lib.sh"

attempts() {
    query "[.[] | select(.type == \"attempt.started\" and .case == \"e2e.sched.$1\")] | length"
}

run 1 -m kinds --retries 2 --retry-on failed
is "attempts of what aborts" 1 "$(attempts aborts)"
is "by its own marker" 2 "$(attempts aborts_by_marker)"
is "and not after a failure" 1 "$(attempts fails_by_marker)"
run 1 -m kinds --retries 2 --retry-on failed,crashed
is "attempts of what aborts" 3 "$(attempts aborts)"
run 4 --retry-on failed,often
run 4 --retry-on failed,

# Each kind of end is retried when it is asked for, and no other.
kinds="failed error timeout crashed"
for kind in $kinds; do
    run 1 -m classes --retries 1 --retry-on "$kind" --grace 100ms
    for end in $kinds; do
        verdict "class_$end" "$end"
        want=1
        [ "$kind" != "$end" ] || want=2
        is "attempts of $end with --retry-on $kind" "$want" "$(attempts "class_$end")"
    done
done

run 1 e2e.sched.class_failed --retries 1 --retry-delay 700ms
is "the wait before a retry" true "$(query '[.[] | select(.type == "attempt.ended" or .type == "attempt.started") | .t]
    | .[2] - .[1] >= 700000000')"

run 1 -m plain --retries 5 --retry-budget 3 -j 2
is "attempts in all" 8 "$(query '[.[] | select(.type == "attempt.started")] | length')"
is "retries announced" 3 "$(query '[.[] | select(.type == "attempt.ended" and .will_retry)] | length')"
run 1 -m plain --retries 5 --retry-budget 0
is "without a budget" 5 "$(query '[.[] | select(.type == "attempt.started")] | length')"

run 0 -m recovers
run 1 -m recovers --flaky fail
says "--flaky fail: 1 passed on a retry only" # and no scenario is red
is "why, in the log" "--flaky fail: 1 passed on a retry only" "$(query '.[] | select(.type == "run.ended") | .why')"
is "failures in junit.xml" 1 "$(grep -c '<failure message="it passed on a retry only (--flaky fail); attempt 1: ' "$run/junit.xml")"
is "in TAP" 1 "$("$bin/muster" report "$run" --format tap | grep -c '^not ok')"
is "in results.json" "--flaky fail: 1 passed on a retry only" "$(jq -r .testRun.summary.exitReason "$run/results.json")"
verdict recovers flaky

run 0 -m recorded
verdict known skipped
verdict known_until skipped
is "its reason" "known failure: issue 4711: not mended" \
    "$(query '.[] | select(.type == "case.ended" and .case == "e2e.sched.known") | .reason')"
is "its attempts" 1 "$(attempts known)"
is "its attempt's verdict" failed "$(query '.[] | select(.type == "attempt.ended" and .case == "e2e.sched.known") | .verdict')"
is "in junit.xml" 2 "$(grep -c '<skipped message="known failure' "$run/junit.xml")"
run 1 -m expired
verdict known_too_long failed
says "marked known_failure, and its date has passed: e2e.sched.known_too_long"

touch "$dir/mend"
run 0 -m recorded
verdict known passed
says "marked known_failure, and passed: e2e.sched.known, e2e.sched.known_until"
finish
