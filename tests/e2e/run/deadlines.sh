#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Deadlines: whose limit holds, in which phase, and that nothing outlives it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

run 1 -m deadline --timeout 400ms --grace 30s
for case in waits_by_marker:200 waits_by_field:300 waits_by_option:400; do
    name=${case%:*}
    verdict "$name" timeout
    is "budget of $name" "${case#*:}" \
        "$(query ".[] | select(.type == \"attempt.timeout\" and .case == \"e2e.work.$name\") | .budget_ns / 1000000")"
    is "$name: not before its time, and long before the grace" true \
        "$(query ".[] | select(.type == \"attempt.ended\" and .case == \"e2e.work.$name\")
            | .duration_ns >= ${case#*:} * 1000000 and .duration_ns < 30000000000")"
done
is "where they were" true "$(query '[.[] | select(.type == "attempt.timeout") | .stack | map(test("wait_for_ever")) | any] | all')"
nothing_left

# On a slow machine all of them are longer, whoever set them.
run 1 -m deadline --timeout 100ms --grace 30s --timeout-factor 3
for case in waits_by_marker:600 waits_by_field:900 waits_by_option:300; do
    name=${case%:*}
    is "budget of $name, three times" "${case#*:}" \
        "$(query ".[] | select(.type == \"attempt.timeout\" and .case == \"e2e.work.$name\") | .budget_ns / 1000000")"
done
for factor in 0 1001 2.5 x; do
    run 4 -m deadline --timeout-factor $factor
    grep -qF -- "--timeout-factor $factor is not known. --timeout-factor N: Multiply every limit of time by N, from 1 to 1000" "$work/complaints" ||
        fail "what --timeout-factor takes is not said: $(cat "$work/complaints")"
done

# SIGTERM is not heeded: SIGKILL after the grace.
run 1 e2e.work.ignores_sigterm --grace 300ms
verdict ignores_sigterm timeout
is "between grace and patience" true \
    "$(query '.[] | select(.type == "attempt.ended") | .duration_ns >= 500000000 and .duration_ns < 20000000000')"
is "its output is kept" ignoring "$(cat "$run/cases/e2e.work.ignores_sigterm/attempt-1/stdout.log")"
nothing_left

# A verdict that was given after the deadline, on SIGTERM, does not count.
run 1 e2e.work.passes_when_told_to_end --grace 30s
verdict passes_when_told_to_end timeout
is "its deadline" "a timeout of the body" "$(query '.[] | select(.type == "attempt.timeout") | "a timeout of the " + .phase')"
nothing_left

# Set-up and tear-down have budgets of their own.
run 1 e2e.work.waits_in_setup e2e.work.waits_in_teardown
verdict waits_in_setup timeout
verdict waits_in_teardown timeout
is "phases" "setup teardown" "$(query '[.[] | select(.type == "attempt.timeout") | .phase] | sort | join(" ")')"
nothing_left

# What fails in set-up is no fault of the product; the body does not run, tear-down does.
run 1 e2e.work.fails_in_setup
verdict fails_in_setup error
is "its tear-down" "torn down" "$(cat "$dir/words")"
finish
