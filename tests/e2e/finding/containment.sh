#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nobody finds himself in a namespace who has not asked for one; a scenario asks for one, or refuses it, by a marker.
. "$(dirname "$0")/lib.sh"

# spaces KIND: the namespaces of this kind that the scenarios of the last run were in.
spaces() {
    sort -u "$dir/$1" | tr '\n' ' ' | sed 's/ $//'
}

afresh() {
    rm -f "$dir/pid" "$dir/user"
}

own_pid=$(readlink /proc/self/ns/pid)
own_user=$(readlink /proc/self/ns/user)

run 0 e2e.find.asks_for_nothing
verdict asks_for_nothing passed
is "the PID namespace by default" "$own_pid" "$(spaces pid)"
is "the user namespace by default" "$own_user" "$(spaces user)"
is "the header's containment" "" "$(query '.[0].containment' | grep -v -e '^cgroup v[12]$' -e '^sub-reaper$')"

if can pidns; then
    # All three in one slot, whose monitor changes between them.
    afresh
    run 0 -m spaces -j 1
    for case in asks_for_nothing asks_for_a_namespace refuses_a_namespace; do
        verdict "$case" passed
    done
    is "namespaces of three scenarios" 2 "$(sort -u "$dir/pid" | wc -l)"
    is "user namespaces" "$own_user" "$(spaces user)"
    nothing_left

    # The scenario's word weighs more than the command line's.
    afresh
    run 0 e2e.find.refuses_a_namespace --containment pidns
    is "the PID namespace of who refuses one" "$own_pid" "$(spaces pid)"
    is "the user namespace of who refuses one" "$own_user" "$(spaces user)"
    afresh
    run 0 e2e.find.asks_for_nothing --containment pidns
    [ "$(spaces pid)" != "$own_pid" ] || fail "--containment pidns gives no namespace"
    nothing_left
else
    run 0 -m spaces
    verdict asks_for_a_namespace skipped
    verdict refuses_a_namespace passed
    query '.[] | select(.type == "attempt.ended" and .verdict == "skipped") | .reason' |
        grep -q '^unsupported: no PID namespace can be had here: ' || fail "the reason of the skipped one"
fi

# What was there before the runner is left alone: a shell's background job, which it inherits through exec.
printf '%s\n' 'sleep 1000 & echo $! >"$1"' 'shift' 'exec "$@"' >"$work/shell"
for rung in reaper $(can cgroup && echo cgroup); do
    TMPDIR=$work/tmp sh "$work/shell" "$work/job" "$bin/muster" run "$work_so" --out "$out" --set dir="$dir" \
        --containment "$rung" -m leak >"$work/console" 2>"$work/complaints" </dev/null
    is "status with a job on $rung" 0 $?
    kill -0 "$(cat "$work/job")" 2>/dev/null || fail "on $rung the shell's job was ended"
    kill "$(cat "$work/job")" 2>/dev/null
    is "leaks with a job on $rung" "process socket" "$(query '.[] | select(.type == "attempt.leaked") | .kind' | tr '\n' ' ' | sed 's/ $//')"
done
# Also when a monitor dies, and its orphans come to the runner.
TMPDIR=$work/tmp sh "$work/shell" "$work/job" "$bin/muster" run "$(dirname "$work_so")/find.so" --out "$out" --set dir="$dir" \
    --containment reaper e2e.find.kills_its_monitor >"$work/console" 2>"$work/complaints" </dev/null
is "status with a job and a monitor that dies" 0 $?
kill -0 "$(cat "$work/job")" 2>/dev/null || fail "the shell's job was ended with a monitor's orphans"
kill "$(cat "$work/job")" 2>/dev/null
nothing_left
finish
