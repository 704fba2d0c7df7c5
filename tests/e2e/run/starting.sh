#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Attempts that can't begin: each ends, with a reason, and keeps nobody waiting.
# shellcheck disable=SC3045 # dash has ulimit -n
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# bounded ARGUMENT...: a run that has to end by itself; its status is in $status.
bounded() {
    status=0
    TMPDIR=$work/tmp timeout -k 5 60 "$bin/muster" run "$@" --out "$out" --set dir="$dir" --history none \
        >"$work/console" 2>"$work/complaints" </dev/null || status=$?
    case $status in 124 | 137) fail "run $*: it hangs" ;; esac
}

verdicts_of() {
    query "[.[] | select(.type == \"case.ended\" and (.case | startswith(\"$1\"))) | .verdict] | group_by(.)
        | map(\"\(length) \(.[0])\") | join(\" \")"
}

# Slots whose monitors never came, and innocents after them in the same slots: descriptors are nobody else's.
for rung in reaper pidns; do
    bounded "$plugins/atfork.so" "$work_so" 'e2e.atfork.*' e2e.work.passes -j 6 --order random --repeat 3 --containment "$rung"
    [ "$status" -eq 4 ] && grep -q "^muster: --containment" "$work/complaints" && continue # it can't be had here
    is "the status on $rung" 1 "$status"
    is "what can't begin on $rung" "9 error" "$(verdicts_of e2e.atfork.)"
    is "the innocent on $rung" "3 passed" "$(verdicts_of e2e.work.)"
    nothing_left
done

# Too few descriptors for a monitor, or for the socket of an attempt. A number that does for one does for the others.
for n in 16 18 20 22 25 28; do
    (ulimit -n "$n" && bounded "$work_so" e2e.work.passes e2e.work.fails -j 2 && [ "$failures" -eq 0 ]) || fail "with $n descriptors"
done
(ulimit -n 32 && bounded "$work_so" e2e.work.passes -j 2 && [ "$status" -eq 0 ]) || fail "32 descriptors do not do"

# No group can be made for a slot.
parent=
for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    [ -w "$root/cgroup.procs" ] && [ -f "$root/cgroup.controllers" ] && mkdir "$root/muster-test-$$" 2>/dev/null &&
        parent=$root/muster-test-$$ && break
done
if [ -n "$parent" ]; then
    if echo 1 >"$parent/cgroup.max.depth"; then
        # in_group ARGUMENT...: from within it; the shell's own number goes there.
        in_group() {
            (sh -c "echo \$PPID" >"$work/shell" && cat "$work/shell" >"$parent/cgroup.procs" &&
                bounded "$work_so" e2e.work.passes -j 2 "$@" && [ "$failures" -eq 0 ] && exit "$status")
        }
        in_group --containment cgroup2 && fail "it ran in a group that can't be"
        grep -q "making one for a slot in $parent" "$work/complaints" || fail "no word of why: $(cat "$work/complaints")"
        in_group || fail "in a group without depth another rung does not do: $(cat "$work/complaints")"
    fi
    rmdir "$parent" || fail "groups are left in $parent"
fi
finish
