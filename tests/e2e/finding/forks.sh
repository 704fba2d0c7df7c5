#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whichever process can't be forked, the reason says what the kernel said. A group of the pids controller counts; without one
# that can be made here, the test is skipped.
. "$(dirname "$0")/lib.sh"

group=
for mount in /sys/fs/cgroup/pids /sys/fs/cgroup; do
    if mkdir "$mount/muster-test-forks.$$" 2>/dev/null; then
        [ -w "$mount/muster-test-forks.$$/pids.max" ] && group=$mount/muster-test-forks.$$ && break
        rmdir "$mount/muster-test-forks.$$"
    fi
done
[ -n "$group" ] || { echo "skipped: no group with the pids controller can be made here"; exit 77; }
trap 'rmdir "$group"; clean_up' EXIT

# with_at_most N ARGUMENT...: the runner and all its processes may be so many.
with_at_most() {
    echo "$1" >"$group/pids.max"
    shift
    (echo 0 >"$group/cgroup.procs" && muster run "$work_so" --out "$out" --set dir="$dir" "$@")
    status=$?
}

for rung in reaper pidns; do
    can "$rung" || continue
    failed=0
    n=2 # the shell is one of them
    status=1
    while [ "$n" -lt 24 ] && [ "$status" -ne 0 ]; do
        n=$((n + 1))
        with_at_most "$n" e2e.find.passes -j 1 --containment "$rung"
        [ "$status" -eq 0 ] && break
        failed=$((failed + 1))
        cat "$work/console" "$work/complaints" | tr -s '\n ' '  ' | grep -q "Resource temporarily unavailable" ||
            fail "on $rung with $n processes the reason is lost: $(cat "$work/console" "$work/complaints")"
    done
    is "status on $rung with $n processes" 0 "$status"
    [ "$failed" -ge 3 ] || fail "on $rung only $failed forks failed"
done
finish
