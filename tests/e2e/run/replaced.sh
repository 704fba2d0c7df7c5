#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A plugin that is replaced while it runs: its other scenarios are errors, never what now stands at their place.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cp "$plugins/replaced-first.so" "$work/plugin.so"
cp "$plugins/replaced-second.so" "$work/other.so"
muster run "$work/plugin.so" --out "$out" -j 1 --set by="$work/other.so" --set path="$work/plugin.so"
is "the status" 1 $?
is "the verdicts" "e2e.replaced.a_replaces passed e2e.replaced.c_fails error e2e.replaced.d_uses error" \
    "$(query 'map(select(.type == "case.ended") | "\(.case) \(.verdict)") | join(" ")')"
is "the reason" "the plugin file has changed since the run began" \
    "$(query '.[] | select(.type == "case.ended" and .case == "e2e.replaced.c_fails") | .reason')"
nothing_left

# One that is removed, by itself.
cp "$plugins/replaced-first.so" "$work/plugin.so"
muster run "$work/plugin.so" --out "$out" -j 1 --set path="$work/plugin.so"
is "the status without a file" 1 $?
is "the verdicts without a file" \
    "e2e.replaced.a_replaces passed e2e.replaced.c_fails error e2e.replaced.d_uses error" \
    "$(query 'map(select(.type == "case.ended") | "\(.case) \(.verdict)") | join(" ")')"
is "the reason without a file" "the plugin file is gone since the run began: $work/plugin.so: No such file or directory" \
    "$(query '.[] | select(.type == "case.ended" and .case == "e2e.replaced.c_fails") | .reason')"
is "the reason of who wants a fixture of it" \
    "fixture late: set-up failed: the plugin file is gone since the run began: $work/plugin.so: No such file or directory" \
    "$(query '.[] | select(.type == "case.ended" and .case == "e2e.replaced.d_uses") | .reason')"
nothing_left
finish
