# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# What the tests of finding out share: those of `muster run` (../run/lib.sh), with a plugin of their own, on every rung of
# containment that can be had here.
. "$(dirname "$0")/../run/lib.sh"
work_so=$plugins/find.so
rungs="cgroup pidns reaper"

# verdict CASE EXPECTED
verdict() {
    is "$1" "$2" "$(query ".[] | select(.type == \"case.ended\" and .case == \"e2e.find.$1\") | .verdict")"
}

# can RUNG: whether this machine and this user have it.
can() {
    muster run "$work_so" --out "$work/probe" --containment "$1" e2e.find.passes
}

# leaks: kind and things of the last run, a line each.
leaks() {
    query '.[] | select(.type == "attempt.leaked") | "\(.kind) \(.what | join(", "))"'
}
