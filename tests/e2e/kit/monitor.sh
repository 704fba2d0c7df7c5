#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What processes use while scenarios run, and blocks that are timed: samples among the artifacts, metrics in results.json.
. "$(dirname "$0")/../run/lib.sh"
work_so=$plugins/monitors.so
plugin=monitors

# of CASE FILTER: of what results.json has of the case.
of() {
    jq -r --arg id "monitors.$1" ".testRun.scenarios[] | select(.id == \$id) | $2" "$run/results.json"
}

# metrics CASE NAME: what was measured under the name, a line each.
metrics() {
    of "$1" ".attempts[0].measurements[] | select(.name == \"$2\") | .value"
}

# holds WHAT CONDITION VALUE: VALUE is . in jq's condition; there is one.
holds() {
    echo "$3" | jq -es "length == 1 and (.[0] | $2)" >/dev/null || fail "$1: \"$3\", of which ($2) does not hold"
}

samples() {
    echo "$run/cases/monitors.$1/attempt-1/files/usage-$2.jsonl"
}

run 1

# One that nobody stops: its own cleanup does, behind those that were deferred later, and tells of all until then.
verdict leaves_its_monitor passed
is "what it had open in the end" 10 "$(metrics leaves_its_monitor usage.left.fds.growth)"
holds "what it had more of memory" '. >= 30e6' "$(metrics leaves_its_monitor usage.left.rss.growth)"
holds "processor time" '. >= 20' "$(metrics leaves_its_monitor usage.left.cpu_ms.growth)"
is "artifacts" "cases/monitors.leaves_its_monitor/attempt-1/files/usage-left.jsonl application/jsonl" \
    "$(of leaves_its_monitor '.attempts[0].artifacts[] | "\(.path) \(.mediaType)"')"
file=$(samples leaves_its_monitor left)
holds "its samples are in order" 'length > 2 and (map(.time_ms) | . == sort)' "$(jq -s . "$file")"
is "what is in the last sample, and was not in the first" 10 "$(jq -s '.[-1].fds - .[0].fds' "$file")"

# A block is a step; its time and what was used within are metrics. A monitor that is stopped tells of itself once.
verdict times_a_block passed
holds "the block's time" '. >= 100' "$(metrics times_a_block performance.busy_work)"
holds "the block's processor time" '. >= 60' "$(metrics times_a_block performance.busy_work.cpu_ms)"
holds "the monitor's, once" '. >= 60' "$(metrics times_a_block usage.own.cpu_ms.growth)"
is "steps" "1 0 busy work, 2 1 within" "$(query 'map(select(.type == "attempt.step" and .case == "monitors.times_a_block" and
    (.ended | not)) | "\(.step) \(.parent) \(.name)") | join(", ")')"
is "steps that took no less than the block, which is within" 1 "$(query 'map(select(.type == "attempt.step" and .step == 1 and
    .ended and .case == "monitors.times_a_block" and .duration_ns >= 1e8)) | length')"
[ -s "$(samples times_a_block own)" ] || fail "no samples of a monitor that was stopped"

# What takes too long fails, in its step; it is measured all the same.
verdict is_too_slow failed
holds "the slow block's time" '. >= 40' "$(metrics is_too_slow performance.slow_work)"
says "check failed: slow work: time <= 20"
says "expected: at most 20 ms"
says "step: slow work"

# A block that a REQUIRE leaves has not done what is timed. The monitor ends as ever.
verdict fails_in_a_block failed
is "metrics of a block that was left" "" "$(of fails_in_a_block '.attempts[0].measurements[].name | select(startswith("performance"))')"
is "processes" 1 "$(metrics fails_in_a_block usage.cut.processes.peak)"
[ -s "$(samples fails_in_a_block cut)" ] || fail "no samples of a scenario that failed"

verdict uses_too_much failed
says "check failed: own: fds.growth < FILES"
says "message: after 5 files; own: "
verdict sees_an_end passed
[ -s "$(samples sees_an_end child)" ] || fail "no samples of a process that has ended"
nothing_left
finish
