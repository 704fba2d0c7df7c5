#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Attempts of -j N run at the same time: two scenarios can end only together.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

mkfifo "$dir/to-left" "$dir/to-right"
run 0 -m meeting -j 2
verdict meets_left passed
verdict meets_right passed
is "slots" "0 1" "$(query '[.[] | select(.type == "attempt.started") | .slot] | sort | map(tostring) | join(" ")')"
nothing_left

# The same one after the other: neither meets anybody, which shows that the test above can fail.
run 1 -m meeting -j 1 --timeout 300ms --grace 100ms
verdict meets_left timeout
verdict meets_right timeout
is "slots" "0" "$(query '[.[] | select(.type == "attempt.started") | .slot] | unique | join(" ")')"
nothing_left
# Few descriptors: fewer at a time, and every verdict is right.
(
    # shellcheck disable=SC3045 # dash and bash have it
    ulimit -n 120
    muster run "$work_so" -m 'heritage or retry' --out "$out" --set dir="$dir" -j 64
    echo $? >"$work/status"
)
is "the status" 0 "$(cat "$work/status")"
complains "attempts at a time: the limit of open files is 120"
finish
