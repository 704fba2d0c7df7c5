#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a program does when it ends: nothing in an attempt, unless --exit-handlers asks for it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/handlers.so
plugin=e2e.handlers

reason() {
    query ".[] | select(.type == \"attempt.ended\" and .case == \"$plugin.$1\") | .reason"
}

run 0 $plugin.says $plugin.leaks $plugin.crashes
[ ! -e "$run/cases/$plugin.says" ] || fail "a handler ran without --exit-handlers"

run 1 --exit-handlers -j2
verdict says passed
grep -q "a handler ran" "$run/cases/$plugin.says/attempt-1/stdout.log" || fail "no function of atexit() ran"
grep -q "a destructor ran" "$run/cases/$plugin.says/attempt-1/stdout.log" || fail "no destructor ran"
verdict leaks crashed
is "why" "exited with status 23 from its exit handlers: SUMMARY: 8 bytes leaked" "$(reason leaks)"
verdict leaks_and_fails failed
is "why" "lost 3 rows" "$(reason leaks_and_fails)"
verdict checks_late error # as in a tear-down
is "why" "in a process that it forked, or behind its verdict: 1 == 2" "$(reason checks_late)"
verdict crashes crashed
is "why" "SIGSEGV in its exit handlers" "$(reason crashes)"
nothing_left
finish
