#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs that end before their end, and one that doesn't begin.
. "$(dirname "$0")/lib.sh"

run 1 -m plain -j 1 -x
is "begun with -x" "a_passes b_fails" "$(started)"
is "not run" 3 "$(query '.[-1].not_run')"
says "--exitfirst: nothing new was begun after 1 failed"

run 1 -m plain -j 1 --max-fail 2
is "begun with --max-fail 2" "a_passes b_fails c_passes d_fails" "$(started)"
run 1 -m plain -j 1 --max-fail 9
is "begun with --max-fail 9" "a_passes b_fails c_passes d_fails e_passes" "$(started)"
! grep -q "nothing new was begun" "$work/console" || fail "a run that went to its end says that it didn't"

# A case that waits for a retry, for a minute, ends as its last attempt did.
run 1 -m retried -j 1 -x
verdict retries failed
is "its attempts" 1 "$(query '.[] | select(.type == "case.ended" and .case == "e2e.sched.retries") | .attempts')"
is "its reason" "attempt 1" "$(query '.[] | select(.type == "case.ended" and .case == "e2e.sched.retries") | .reason')"
verdict retries_then_fails failed

# The same in whatever line it stands: here its retry was due, and another one had the slot.
of_retries_soon() {
    is "$2" "failed 1 attempt 1" "$(query '.[] | select(.type == "case.ended" and .case == "e2e.sched.retries_soon")
        | "\(.verdict) \(.attempts) \(.reason)"')"
    is "not run $2" 0 "$(query '.[-1].not_run')"
    is "bad $2" "$1" "$(query '[.[] | select(.type == "case.ended" and .verdict != "passed")] | length')"
}
run 1 -m soon -j 1 --order source -x
of_retries_soon 2 "after -x"
run 1 e2e.sched.retries_soon e2e.sched.waits -j 1 --order source --global-timeout 3s
of_retries_soon 2 "after --global-timeout"

run 1 -m time -j 2 --order source --global-timeout 3s
verdict waits error
verdict waits_known error # it failed by no fault that is known
is "begun in time" "waits waits_known" "$(started)"
is "left of it" 1 "$(query '.[-1].not_run')"
is "not a signal" false "$(query '.[-1].interrupted')"
says "--global-timeout: the run was ended after 3 s"
nothing_left

rm -rf "$out"
run 0 -m plain --dry-run
is "shown" "e2e.sched.a_passes e2e.sched.b_fails e2e.sched.c_passes e2e.sched.d_fails e2e.sched.e_passes" \
    "$(grep -o '^e2e[^ ]*' "$work/console" | tr '\n' ' ' | sed 's/ $//')"
[ ! -e "$out/latest" ] || fail "--dry-run left a run"
finish
