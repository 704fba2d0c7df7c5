#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same scenarios more than once.
. "$(dirname "$0")/lib.sh"
needs sqlite3

run 1 e2e.sched.a_passes e2e.sched.b_fails -j 1 --repeat 2
is "in rounds" "a_passes[repeat=1] b_fails[repeat=1] a_passes[repeat=2] b_fails[repeat=2]" "$(started)"
verdict 'a_passes[repeat=2]' passed
verdict 'b_fails[repeat=2]' failed
is "in junit.xml" 4 "$(grep -c '<testcase' "$run/junit.xml")"
is "remembered" "e2e.sched.a_passes 2,e2e.sched.b_fails 2" \
    "$(sqlite3 .muster/history.db 'SELECT id || " " || runs FROM cases ORDER BY id' | tr '\n' ',' | sed 's/,$//')"

touch "$dir/mend"
run 0 e2e.sched.a_passes e2e.sched.b_fails -j 1 --rerun failed
is "run again" b_fails "$(started)"

run 1 -m rounds -j 1 --until-fail
is "until it fails" "third_time every_time third_time every_time third_time" "$(started)"
verdict third_time failed
verdict every_time passed
is "attempts" "2 3" "$(query '[.[] | select(.type == "case.ended") | .attempts] | sort | map(tostring) | join(" ")')"
is "not run" 0 "$(query '.[-1].not_run')"

run 0 -m rounds -j 2 --until-fail --repeat 2
is "two rounds at most" 4 "$(query '[.[] | select(.type == "attempt.started")] | length')"
verdict third_time passed

mkfifo "$dir/rounds"
start e2e.sched.tells -j 1 --until-fail
exec 3<"$dir/rounds"
for _ in 1 2 3 4 5; do read -r _ <&3; done
kill -INT "$runner"
ended 2
[ "$(query '[.[] | select(.type == "case.ended")] | length')" = 1 ] || fail "the case has no end"

run 4 --repeat 1000000
run 4 --repeat 0
complains "--repeat 0: it takes 1 to "
finish
