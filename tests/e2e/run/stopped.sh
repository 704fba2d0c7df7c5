#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A runner that is stopped (^Z, a suspended machine) while an attempt goes on: what came meanwhile decides, not the hour
# at which the runner comes to read it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# The scenario's process is gone, or waits for its parent.
has_ended() {
    ! kill -0 "$(cat "$dir/pid")" 2>/dev/null || is_in_state Z "$(cat "$dir/pid")"
}

# pass_stopped: the attempt begins, the runner stands still, the attempt passes long before its deadline.
pass_stopped() {
    rm -rf "$dir"
    mkdir "$dir"
    mkfifo "$dir/go"
    start e2e.work.passes_when_let
    until_ok [ -s "$dir/pid" ] || return
    kill -STOP "$runner"
    until_ok is_in_state T "$runner"
}

now_ms() {
    awk '{printf "%d", $1 * 1000}' /proc/uptime
}

# until_ms TIME: the time itself is what is waited for.
until_ms() {
    while [ "$(now_ms)" -le "$1" ]; do
        timeout 0.1 tail -f /dev/null
    done
}

# In time, and read after the deadline of 4 s.
pass_stopped
began=$(now_ms) # or before
: >"$dir/go"
until_ok has_ended
until_ms $((began + 5000))
kill -CONT "$runner"
ended 0
verdict passes_when_let passed
is "its duration is its own" true "$(query '.[] | select(.type == "attempt.ended") | .duration_ns < 4000000000')"
nothing_left

# Too late, and nobody looked at the clock.
pass_stopped
began=$(now_ms) # or before
until_ms $((began + 5000))
: >"$dir/go"
until_ok has_ended
kill -CONT "$runner"
ended 1
verdict passes_when_let timeout
nothing_left
# A scenario of the same user may have stopped the program that writes the bundle: it is told to go on.
rm -rf "$dir"
mkdir "$dir"
mkfifo "$dir/go"
start e2e.work.passes_when_let
until_ok [ -s "$dir/pid" ]
kill -STOP "$(pgrep -P "$runner" -x muster-bundle)" || fail "there is no muster-bundle to stop"
: >"$dir/go"
ended 0
[ -s "$out/latest/bundle.tar.zst" ] || fail "there is no bundle"

finish
