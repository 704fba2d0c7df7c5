#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a run writes fits the terminal that it writes to, also when that changes; elsewhere no line is broken or cut.
. "$(dirname "$0")/lib.sh"
needs python3

# on_terminal STATUS DO... -- ARGUMENT...: a run on a terminal, what it showed in $work/console.
on_terminal() {
    expected=$1
    shift
    TMPDIR=$work/tmp TERM=xterm NO_COLOR=1 python3 "$(dirname "$0")/on_terminal.py" "$@" --out "$out" \
        >"$work/console" 2>"$work/complaints" </dev/null
    is "status of $*" "$expected" $?
}


stands=e2e.find.stands_with_a_name_that_few_terminals_have_room_for
sentence="a sentence that is longer than forty columns, and longer than eighty as well, is a line of its own in a file"
set -- -- "$bin/muster" run "$work_so" --bundle none

# The name loses its middle, and never its parameters; when the terminal changes, so does the next look.
export LC_ALL=C.UTF-8
on_terminal 2 columns=40 "wait=Running 0/1, 1 running" "wait=e2e.find.s…e_room_for[plan=pro]" columns=30 "wait=e2e.f…m_for[plan=pro]" \
    columns=120 "wait=${stands}[plan=pro]" 'type=\x03' "$@" $stands

says "     Running [ 00:00:0"
LC_ALL=C on_terminal 2 columns=40 "wait=e2e.find...._room_for[plan=pro]" 'type=\x03' "$@" $stands

for columns in 20 40 80; do
    on_terminal 1 columns=$columns "$@" e2e.find.says_much
    # But for the place, which is a word.
    awk -v most=$columns '/find.c:/ { on = 1; next } /own in a file|^---/ { on = 0 } on && length($0) > most { exit 1 }' \
        "$work/console" || fail "a sentence is wider than $columns columns"
    says "e2e.find.says_much"
done

# One that does not know its width has what COLUMNS says.
COLUMNS=50 on_terminal 1 columns=0 "$@" e2e.find.says_much
awk '/longer than/ && length($0) > 50 { exit 1 }' "$work/console" || fail "COLUMNS is not heeded"

# No terminal: for grep, and for whoever reads a log of a CI's.
COLUMNS=40 run 1 e2e.find.says_much
says "$sentence"
COLUMNS=40 "$bin/muster" report --out "$out" >"$work/console"
says "$sentence"
finish
