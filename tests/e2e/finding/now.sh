#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SIGUSR1, and the key t on a terminal: what runs right now, and the run goes on.
. "$(dirname "$0")/lib.sh"

for rung in $rungs; do
    can "$rung" || continue
    rm -f "$dir/alive"
    mkfifo "$dir/alive"
    begin --containment "$rung" e2e.find.stands -j 1
    exec 3<"$dir/alive"
    read -r word <&3
    is "the scenario" ready "$word"
    kill -USR1 "$runner"
    heard "now: e2e.find.stands attempt 1, slot 0: body," || break
    pid=$(sed -n 's/.*now: .*, pid \([0-9]*\)$/\1/p' "$work/console")
    grep -q "MUSTER_RUN_ID=$(query '.[0].run_id')" "/proc/$pid/environ" || fail "$rung: $pid is not the attempt's process"
    heard "step: outer step > inner step"
    heard "stand_in_here at "
    kill -USR1 "$runner" # and again: the first look has left it as it was
    heard "stand_in_here at "
    kill -INT "$runner"
    over 2
    exec 3<&-
    verdict stands error
    nothing_left
done

# Between an attempt and its retry.
begin e2e.find.waits_for_its_retry -j 1
heard "TRY 1 FAIL"
kill -USR1 "$runner"
heard "now: nothing runs"
kill -INT "$runner"
over 2
verdict waits_for_its_retry failed
nothing_left

# On a terminal, by a key; Enter asks nothing, and what the key does is not echoed.
if command -v python3 >/dev/null; then
    rm -f "$dir/alive"
    mkfifo "$dir/alive"
    TMPDIR=$work/tmp python3 "$(dirname "$0")/terminal.py" t "now: e2e.find.stands" "$dir/alive" -- \
        "$bin/muster" run "$work_so" --out "$out" --set dir="$dir" e2e.find.stands >"$work/console" 2>&1 ||
        fail "the key t shows nothing"
    nothing_left
fi
finish
