#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --debugger gdb: one scenario, from its start, without deadlines.
. "$(dirname "$0")/lib.sh"
needs gdb

# debug STATUS COMMANDS ARGUMENT...: a run whose gdb reads the commands, a line each.
debug() {
    want=$1
    printf '%b' "$2" >"$work/commands"
    shift 2
    TMPDIR=$work/tmp HOME=$work "$bin/muster" run "$work_so" --out "$out" --set dir="$dir" --debugger gdb "$@" \
        <"$work/commands" >"$work/console" 2>"$work/complaints"
    is "status of $*" "$want" $?
}

for rung in default $rungs; do
    [ "$rung" = default ] || can "$rung" || continue
    set -- e2e.find.prints --timeout 1ms
    [ "$rung" = default ] || set -- "$@" --containment "$rung"
    debug 0 'break the_answer\ncontinue\ncontinue\nbacktrace 1\nprint six * 7\ncontinue\nquit\n' "$@"
    says "The scenario has not begun"
    says "find.c"
    says "the_answer (six=6)"
    says "\$1 = 42"
    says "printed by e2e.find.prints" # at once, on the same terminal
    verdict prints passed
    nothing_left
done

# Left without a word to it, the scenario runs to its end.
debug 0 'show pagination\nquit\n' e2e.find.passes
says "pagination is off" # its greeting must not wait for a key
verdict passes passed
nothing_left

# Killed in the debugger: it has no verdict.
debug 1 'kill\nquit\n' e2e.find.passes
verdict passes crashed
nothing_left

muster run "$work_so" --debugger gdb e2e.find.passes e2e.find.prints
is "two scenarios" 4 $?
complains "it runs one scenario, and 2 are selected"
muster run "$work_so" --debugger ddd e2e.find.passes
is "another debugger" 4 $?
finish
