#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts and monitors that die between two attempts: the next one has not begun, and gets another.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/lost.so

has_event() {
    [ -s "$log" ] && jq -es "any(.[]; $1)" "$log" >"$work/found" 2>&1
}

# in_log FILTER: waits for an event in the log of the run in the background.
in_log() {
    until_ok has_event "$1"
}

# stop PID: and it stands still when this returns.
stop() {
    kill -STOP "$1"
    until_ok is_in_state T "$1"
}

verdicts() {
    query 'map(select(.type == "case.ended") | .verdict) | join(" ")'
}

# Two of -j 2 are under way: one holds the lock, the slot of the other is idle, with $monitor in it.
begin_with_monitor() {
    rm -rf "$out" "$dir"
    mkdir "$dir"
    mkfifo "$dir/begun" "$dir/go"
    start -m monitor -j 2 --containment "$rung"
    in_log '.type == "case.ended" and .case == "e2e.lost.leaves_its_slot_idle"'
    monitor=$(cat "$dir/monitor")
}

end_without_monitor() {
    ended 0
    is "verdicts beside $1 on $rung" "passed passed passed" "$(verdicts)"
    is "slots beside $1 on $rung" "0 1 0" \
        "$(query '[.[] | select(.type == "attempt.started") | .slot | tostring] | join(" ")')"
    nothing_left
}

for rung in cgroup reaper; do # in a PID namespace a scenario sees no host
    muster run "$work_so" e2e.lost.comes_after --out "$work/probe" --containment "$rung" || continue
    rm -rf "$out" "$dir"
    mkdir "$dir"
    start -m host -j 1 --containment "$rung"
    in_log '.type == "attempt.started" and .case == "e2e.lost.comes_after"'
    kill -KILL "$(cat "$dir/host")" # with the order for a monitor unread
    ended 0
    is "verdicts beside a lost host on $rung" "passed passed" "$(verdicts)"
    nothing_left

    # The runner hears of the lock before it hears of the monitor, and gives it the order all the same.
    begin_with_monitor
    stop "$runner"
    : >"$dir/go"
    tail --pid="$(cat "$dir/holder")" -f /dev/null
    kill -KILL "$monitor"
    tail --pid="$monitor" -f /dev/null
    kill -CONT "$runner"
    end_without_monitor "a monitor that was gone"

    # The monitor has its order, and has not read it.
    begin_with_monitor
    stop "$monitor"
    : >"$dir/go"
    in_log '.type == "attempt.started" and .case == "e2e.lost.wants_the_lock"'
    kill -KILL "$monitor"
    end_without_monitor "a monitor that was going"
done
finish
