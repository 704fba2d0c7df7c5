#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Limits of memory and processes: held where a controller can be had, with a verdict of their own; else skipped with the
# reason. Those without limits are left alone, before and after in the same slot.
. "$(dirname "$0")/lib.sh"

reason() {
    query ".[] | select(.type == \"attempt.ended\" and .case == \"e2e.find.$1\") | .reason"
}

skipped() {
    verdict "$1" skipped
    case $(reason "$1") in
        "unsupported: no $2 controller of cgroups can be had here"*) ;;
        "unsupported: no group with the $2 controller can be made: "*) ;;
        *) fail "$1: the reason to skip is \"$(reason "$1")\"" ;;
    esac
}

for rung in $rungs; do
    can "$rung" || continue
    : >"$dir/words"
    muster run "$work_so" --out "$out" --set dir="$dir" -m limit --containment "$rung" -j 1 --order source
    verdict eats_freely passed
    verdict crowds_freely passed
    if [ "$(reason eats_too_much | cut -c1-11)" = unsupported ]; then
        skipped eats_too_much memory
        skipped eats_little memory
    else
        verdict eats_too_much crashed
        is "the reason on $rung" "killed by the kernel: out of memory (limit 32 MiB) in body" "$(reason eats_too_much)"
        is "no crash to explain on $rung" "" "$(query '.[] | select(.type == "attempt.crashed") | .case')"
        is "it is undone all the same" undone "$(cat "$dir/words")"
        verdict eats_little passed
    fi
    if [ "$(reason crowds | cut -c1-11)" = unsupported ]; then
        skipped crowds pids
        skipped crowds_a_little pids
    else
        verdict crowds passed
        is "what is said of it" 1 "$(query '.[] | select(.type == "attempt.log") | .text' |
            grep -c '^its limit of 10 processes was reached: [0-9]* were refused$')"
        verdict crowds_a_little passed # and nothing is said of it
    fi
    nothing_left
    left=$(find /sys/fs/cgroup -maxdepth 4 -type d -name "muster-*-$(query '.[0].run_id')" 2>/dev/null)
    [ -z "$left" ] || fail "groups are left: $left"
done

# A killed runner's groups go with muster cleanup, or when another run makes its own.
groups() {
    find /sys/fs/cgroup -maxdepth 5 -type d -name "muster-*-$1" 2>/dev/null
}
for remover in cleanup run; do
    case $(reason crowds) in unsupported*) break ;; esac
    rm -f "$dir/alive"
    mkfifo "$dir/alive"
    begin e2e.find.stands_limited --containment reaper
    exec 3<"$dir/alive"
    read -r word <&3
    is "the scenario" ready "$word"
    kill -KILL "$runner"
    wait "$runner" 2>/dev/null
    is "all of its attempt has ended" "" "$(cat <&3)"
    exec 3<&- 4<&-
    killed=$(query '.[0].run_id')
    [ -n "$(groups "$killed")" ] || fail "a killed runner leaves no groups: what is there to be removed?"
    for _ in 1 2 3 4 5; do # a process that has ended may be in its group for a moment yet
        [ -n "$(groups "$killed")" ] || break
        case $remover in
        cleanup) muster cleanup "$killed" --out "$out" ;;
        run) muster run "$work_so" --out "$out" --set dir="$dir" e2e.find.crowds --containment reaper ;;
        esac
    done
    is "groups that $remover leaves" "" "$(groups "$killed")"
    muster cleanup --out "$out" --all
    run 1 e2e.find.eats_too_much e2e.find.crowds # for the next round's question
done

# What it took: where the folder is on a disk, writing is counted.
run 0 e2e.find.writes
case $(stat -f -c %T "$dir") in
    tmpfs | ramfs | overlayfs) least=0 ;; # in memory, or at the mercy of what lies below
    *) least=1048576 ;;
esac
is "bytes written to storage" true "$(query ".[] | select(.type == \"attempt.ended\") | .written_bytes >= $least")"
is "memory and CPU time" true \
    "$(query '.[] | select(.type == "attempt.ended") | .max_rss_kb > 0 and .cpu_user_us + .cpu_system_us > 0')"
finish
