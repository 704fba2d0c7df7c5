#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first cause is the reason, whatever follows it; and no end is forgotten for a better one.
. "$(dirname "$0")/lib.sh"
work_so=$plugins/causes.so
source=$(dirname "$0")/plugins/causes.c

# The line of FAIL and its like in a function of the plugin.
line_of() {
    awk -v what="$1" '$0 ~ "[ (]" what "[,)(]" && /^(SCENARIO|static)/ { here = 1 } here && /FAIL|CHECK_INT|ERROR/ { print NR; exit }' "$source"
}

# ended CASE VERDICT REASON LINE: of its only attempt.
case_ended() {
    seen=$(query ".[] | select(.type == \"attempt.ended\" and .case == \"e2e.causes.$1\") | \"\\(.verdict) \\(.reason) @\\(.line)\"")
    is "$1" "$2 $3 @$4" "$seen"
}

run 1 -j 2 --retries 0
run=$out/latest
case_ended fails_then_crashes crashed "lost 3 rows; then SIGSEGV in teardown" "$(line_of fails_then_crashes)"
case_ended fails_then_hangs timeout "lost 3 rows; then teardown took longer than 200 ms" "$(line_of fails_then_hangs)"
case_ended fails_then_exits crashed "lost 3 rows; then exited with status 3 before its verdict" "$(line_of fails_then_exits)"
case_ended checks_then_crashes crashed "1 == 2; then SIGSEGV in body" "$(line_of checks_then_crashes)"
case_ended crashes_in_setup crashed "3 == 4; then SIGSEGV in setup" "$(line_of set_up_badly)"
case_ended fails_then_dies_cleaning crashed "lost 3 rows; then SIGKILL in cleanup" "$(line_of fails_then_dies_cleaning)"
case_ended is_late_then_tears_down timeout "body took longer than 1 s" 0
query '.[] | select(.type == "attempt.ended" and .case == "e2e.causes.asserts") | .reason' |
    grep -q "^SIGABRT in body: .*causes.c:[0-9]*: .*: Assertion .getpid() == 0. failed.$" || fail "what assert says is lost"
case_ended aborts_without_a_word crashed "SIGABRT in body" 0
case_ended child_checks failed "in a process that it forked: i == -1" "$(line_of check)"
is "failed checks of a child" 5 \
    "$(query '.[] | select(.type == "attempt.ended" and .case == "e2e.causes.child_checks") | .failed_checks')"
# A child may borrow the attempt's descriptor as it could trace it.
if [ "$(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0)" = 0 ]; then
    case_ended child_checks_without_descriptors failed "in a process that it forked: 7 == 8" "$(line_of check_without_descriptors)"
fi
case_ended child_passes passed "" 0
is "passed checks of a child" 1 \
    "$(query '.[] | select(.type == "attempt.ended" and .case == "e2e.causes.child_passes") | .checks')"
case_ended child_passes_beside_a_thread passed "" 0
case_ended child_fails failed "in a process that it forked: the child lost 3 rows" "$(line_of fail)"
case_ended child_cannot error "in a process that it forked: the child has no server" "$(line_of cannot)"
case_ended child_fails_then_it_skips failed "in a process that it forked: the child lost 3 rows" "$(line_of fail)"
case_ended cleanup_leaves_child error "in a process that it forked: 9 == 10" "$(grep -n 'CHECK_INT(9' "$source" | cut -d : -f 1)"
case_ended leaves_thread_to_cleanup error "11 == 12" "$(grep -n 'CHECK_INT(11' "$source" | cut -d : -f 1)"
case_ended fails_as_its_child_does failed "and so does it" "$(line_of fails_as_its_child_does)"
for part in console junit.xml results.json; do
    file=$run/$part
    [ "$part" = console ] && file=$work/console
    tr -s '\n ' '  ' <"$file" | grep -q "lost 3 rows; then SIGSEGV in teardown" || fail "$part does not have the first cause"
done

# A skip says nothing of the failure before it.
last() {
    is "$1" "$2 $3" "$(query ".[] | select(.type == \"case.ended\" and .case == \"e2e.causes.$1\") | \"\\(.verdict) \\(.reason)\"")"
}
run 1 e2e.causes.fails_then_skips e2e.causes.crashes_then_skips
last fails_then_skips failed "lost 3 rows"
last crashes_then_skips crashed "SIGKILL in body"
is "their failures in junit.xml" 2 "$(grep -c -E '<(failure|error)' "$run/junit.xml")"
run 0 e2e.causes.fails_then_passes
last fails_then_passes flaky ""
run 1 e2e.causes.fails_then_passes --flaky fail
finish
