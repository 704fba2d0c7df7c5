#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Retries: a later pass is flaky, others go on during the wait, waits grow, and all attempts keep their evidence.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

run 0 -m retry -j 1
verdict recovers flaky
is "attempts" 3 "$(query '.[] | select(.type == "case.ended" and .verdict == "flaky") | .attempts')"
is "their verdicts" "failed failed passed" \
    "$(query '[.[] | select(.type == "attempt.ended" and .case == "e2e.work.recovers") | .verdict] | join(" ")')"
is "announced retries" "true true false" \
    "$(query '[.[] | select(.type == "attempt.ended" and .case == "e2e.work.recovers") | .will_retry | tostring] | join(" ")')"
is "who starts during the first wait" "e2e.work.quick_1" \
    "$(query '(map(.type == "attempt.ended" and .case == "e2e.work.recovers") | index(true)) as $from
        | [.[$from:][] | select(.type == "attempt.started")][0].case')"
waits='[.[] | select(.case == "e2e.work.recovers" and (.type == "attempt.started" or .type == "attempt.ended")) | .t]
    | [.[2] - .[1], .[4] - .[3]]'
is "the first wait is at least 200 ms" true "$(query "$waits | .[0] >= 200000000")"
is "the second is at least twice that" true "$(query "$waits | .[1] >= 400000000")"
for n in 1 2 3; do
    is "output of attempt $n" "attempt $n" "$(cat "$run/cases/e2e.work.recovers/attempt-$n/stdout.log")"
done
says "FLAKY 3/3"
is "in junit.xml" 2 "$(grep -c '<flakyFailure' "$run/junit.xml")"
nothing_left

run 0 e2e.work.recovers_by_marker
verdict recovers_by_marker flaky

run 1 e2e.work.never_recovers
verdict never_recovers failed
is "attempts" 3 "$(query '.[] | select(.type == "case.ended") | .attempts')"
is "the case's reason" "attempt 3" "$(query '.[] | select(.type == "case.ended") | .reason')"
is "in junit.xml" 2 "$(grep -c '<rerunFailure' "$run/junit.xml")"

# The command line: for those that set nothing; and 0 switches all off.
run 1 e2e.work.fails --retries 2
is "attempts with --retries 2" 3 "$(query '.[] | select(.type == "case.ended") | .attempts')"
run 1 e2e.work.recovers --retries 0
is "attempts with --retries 0" 1 "$(query '.[] | select(.type == "case.ended") | .attempts')"
run 0 e2e.work.passes e2e.work.skips --retries 5
is "no retry of what is not bad" "1 1" "$(query '[.[] | select(.type == "case.ended") | .attempts] | join(" ")')"
finish
