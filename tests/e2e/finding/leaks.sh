#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What attempts leave behind is named, on every rung; --leaks says what becomes of them.
. "$(dirname "$0")/lib.sh"

for rung in $rungs; do
    can "$rung" || continue
    : >"$dir/port"
    run 0 -m leak --containment "$rung" -j 1
    port=$(head -n 1 "$dir/port")
    verdict leaves_listener passed
    is "kinds on $rung" "process socket" "$(query '[.[] | select(.type == "attempt.leaked") | .kind] | join(" ")')"
    leaks | grep -q "^socket tcp 127.0.0.1:$port of [0-9]*" || fail "on $rung the socket is not named: $(leaks)"
    is "the pid on $rung" "$(leaks | sed -n 's/^process \([0-9]*\).*/\1/p')" \
        "$(leaks | sed -n 's/^socket .* of \([0-9]*\).*/\1/p')"
    says "LEAK"
    nothing_left

    run 1 -m leak --containment "$rung" -j 1 --leaks fail
    verdict leaves_listener failed
    verdict leaves_nothing passed
    is "the reason on $rung" 1 "$(query '.[] | select(.type == "attempt.ended" and .verdict == "failed") | .reason' |
        grep -c '^left behind: process [0-9]* .* (and 1 more)$')"
    nothing_left

    run 0 -m leak --containment "$rung" --leaks=ignore
    is "nothing is told on $rung" "" "$(leaks)"
    nothing_left
done

# Files: only when asked for, since the folder is emptied in any case.
run 0 e2e.find.leaves_files
is "files by default" "" "$(leaks)"
run 0 e2e.find.leaves_files --leaks warn
is "files" "file below, below/left.txt" "$(leaks)"
nothing_left
run 1 e2e.find.leaves_files e2e.find.passes --leaks fail -j 1
verdict leaves_files failed
verdict passes passed # the next one in the same folder is not blamed
is "the reason" "left behind: file below (and 1 more)" \
    "$(query '.[] | select(.type == "attempt.ended" and .verdict == "failed") | .reason')"

# What ends by itself within --leak-timeout is no leak, and nobody waits longer than that takes.
for rung in $rungs; do
    can "$rung" || continue
    run 0 e2e.find.leaves_for_a_moment --containment "$rung" --leak-timeout 60s --leaks fail
    is "what was on its way out on $rung" "" "$(leaks)"
    quick=$(query '.[] | select(.type == "run.ended") | .t < 30e9')
    is "the run did not wait for the whole time on $rung" true "$quick"
    run 0 e2e.find.leaves_nothing --containment "$rung" --leak-timeout 600s
    run 0 e2e.find.leaves_listener --containment "$rung" --leak-timeout 1ms
    is "what stays on $rung" "process socket" "$(query '[.[] | select(.type == "attempt.leaked") | .kind] | join(" ")')"
done
nothing_left

# A monitor that can't tell is no reason for silence; in a PID namespace nobody inside can stop it.
run 1 e2e.find.stops_its_monitor --containment reaper --leaks fail
leaks | grep -q "^process unknown: its monitor was stopped" || fail "what a stopped monitor left is not named: $(leaks)"
nothing_left

for rung in $rungs; do
    can "$rung" || continue
    run 0 e2e.find.is_traced_by_its_child --containment "$rung" --leaks warn
    is "the tracer on $rung" "process" "$(query '[.[] | select(.type == "attempt.leaked") | .kind] | join(" ")')"
    leaks | grep -q "^process [0-9]* [^,]*$" || fail "who traces an attempt is not named on $rung: $(leaks)"
    nothing_left
done

# A failure keeps its own reason.
run 1 e2e.find.leaves_and_fails --leaks fail
is "its reason" "for a reason of its own" "$(query '.[] | select(.type == "attempt.ended") | .reason')"

muster run "$work_so" --leaks maybe
is "a wrong word" 4 $?
finish
