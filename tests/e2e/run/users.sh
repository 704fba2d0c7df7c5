#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Several users at once within a scenario (the kit's parallel): who failed is known, and however the group ends, the
# verdict, the tear-down and the cleanups are right.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/users.so
plugin=e2e.users

# ended CASE: a field of its end.
of_end() {
    query ".[] | select(.type == \"attempt.ended\") | .$1"
}

# steps FILTER: of the names of the steps that ended so, sorted.
steps() {
    query "(map(select(.type == \"attempt.step\" and .name != \"\")) | INDEX(.step)) as \$named
        | [.[] | select(.type == \"attempt.step\" and .ended and $1) | \$named[.step | tostring].name] | sort | join(\", \")"
}

# undone COUNT WHERE: so many cleanups ran, each in the attempt's process (same) or another.
undone() {
    is "cleanups" "$1" "$(grep -c "$2\$" "$dir/undone")"
    is "all cleanups" "$1" "$(wc -l <"$dir/undone")"
    rm "$dir/undone"
}

run 0 e2e.users.all_pass
is "every check is counted" 201 "$(of_end checks)"
is "steps, each ended once" 101 "$(query '[.[] | select(.type == "attempt.step" and .ended) | .step] | unique | length')"
is "users stand in the step of the group" 50 "$(query '(map(select(.name? == "rush")) | .[0].step) as $rush
    | [.[] | select(.type == "attempt.step" and .parent == $rush and (.ended | not)) | .name | select(test("^user [0-9]+$"))]
    | unique | length')"
is "the steps of a user stand in his" 50 "$(query '(map(select(.type == "attempt.step")) | INDEX(.step)) as $step
    | [.[] | select(.name? == "look") | .parent] | unique | length')"
nothing_left

run 1 e2e.users.one_fails
verdict one_fails failed
is "failed checks" 1 "$(of_end failed_checks)"
is "the steps of one user alone have failed" "pay, rush, user 3" "$(steps .failed)"
is "the other steps" 15 "$(query '[.[] | select(.type == "attempt.step" and .ended and (.failed | not))] | length')"
says "user 3"

run 1 e2e.users.one_requires
verdict one_requires failed
is "why" "\"sold out\" == \"sold\"" "$(of_end reason)"
is "tear-down" once "$(cat "$dir/torn-down")"
rm "$dir/torn-down"
undone 8 other
nothing_left

run 1 e2e.users.all_require
verdict all_require failed
is "tear-down, of many that ended it" once "$(cat "$dir/torn-down")"
rm "$dir/torn-down"
undone 50 other
nothing_left

run 1 e2e.users.all_require_twice
verdict all_require_twice failed
is "tear-down, ended by one of its own" once "$(cat "$dir/torn-down")"
undone 16 other

run 0 e2e.users.one_skips
verdict one_skips skipped
is "why" "user 2 has no ticket" "$(of_end reason)"
nothing_left

run 1 e2e.users.one_hangs --grace 5s # the stacks are read within it
verdict one_hangs timeout
is "who is waited for" "m_barrier: time runs out: 5 of 6 users are here, waiting for user 2" \
    "$(query '.[] | select(.type == "attempt.log" and .level == "error") | .text')"
grep -A 8 '"user 2"' "$run/cases/e2e.users.one_hangs/attempt-1/timeout.txt" | grep -q hang_here || fail "no stack of user 2"
grep -A 12 '"user 5"' "$run/cases/e2e.users.one_hangs/attempt-1/timeout.txt" | grep -q m_barrier || fail "no stack of user 5"
nothing_left

run 1 e2e.users.one_crashes
verdict one_crashes crashed
head -n 4 "$run/cases/e2e.users.one_crashes/attempt-1/crash.txt" | grep -q '"user 4"' || fail "the crash is not user 4's"
grep -q crash_if_fourth "$run/cases/e2e.users.one_crashes/attempt-1/crash.txt" || fail "no stack of the crash"
nothing_left

if [ -e "$plugins/users-cxx.so" ]; then
    work_so=$plugins/users-cxx.so
    run 0 e2e.users.all_pass
    is "from C++" 10 "$(of_end checks)"
fi
finish
