#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --pause-on-failure: a bad attempt stands still with all that it has; SIGCONT lets it go on, and all is undone then.
. "$(dirname "$0")/lib.sh"
needs gdb

# printed WORD: the command that is printed for it.
printed() {
    sed -n "s/^ *$1: *//p" "$work/console"
}

# What is printed is run as it stands: gdb sees the scenario, and nsenter its namespace.
attaches() {
    eval "$(printed look) -batch -ex bt" >"$work/seen" 2>&1 </dev/null
    grep -q "scenario_$1 " "$work/seen" || fail "$1 on $rung: $(printed look) does not show it: $(cat "$work/seen")"
    [ "$rung" = pidns ] || return
    is "$1 on $rung: the first process inside" muster-host "$(eval "$(printed enter) cat /proc/1/comm" 2>&1)"
}

# held CASE VERDICT HOW
held() {
    rm -f "$dir/alive"
    mkfifo "$dir/alive"
    : >"$dir/words"
    begin --containment "$rung" "e2e.find.$1" --pause-on-failure --grace 300ms
    exec 3<"$dir/alive"
    heard "paused: e2e.find.$1 attempt 1, in body: $3" || return
    heard "process: "
    pid=$(sed -n 's/.*process: \([0-9]*\), in .*/\1/p' "$work/console")
    folder=$(sed -n 's/.*process: [0-9]*, in \(.*\)/\1/p' "$work/console")
    heard "go on: "
    grep -q "MUSTER_RUN_ID=$(query '.[0].run_id')" "/proc/$pid/environ" || fail "$1 on $rung: $pid is not its process"
    [ -d "$folder" ] || fail "$1 on $rung: its folder $folder is gone"
    attaches "$1"
    is "$1 on $rung: nothing is undone yet" "" "$(cat "$dir/words")"
    kill -CONT "$runner"
    over 1
    is "$1 on $rung: all has ended" "" "$(cat <&3)"
    exec 3<&-
    verdict "$1" "$2"
    nothing_left
}

for rung in $rungs; do
    can "$rung" || continue
    held fails_held failed "6 * 7"
    is "tear-down, then cleanup" "torn down undone" "$(xargs <"$dir/words")"
    held crashes_held crashed SIGABRT
    is "a janitor undoes" undone "$(cat "$dir/words")"
    held hangs_held timeout "it ran out of time"
    is "a janitor undoes" undone "$(cat "$dir/words")"
done

# No deadline runs meanwhile: not while another slot's attempt takes longer than this one may.
rm -f "$dir/alive"
mkfifo "$dir/alive"
begin e2e.find.fails_held e2e.find.lasts --pause-on-failure -j 2
exec 3<"$dir/alive"
heard "go on: "
pid=$(sed -n 's/.*process: \([0-9]*\), in .*/\1/p' "$work/console")
heard "e2e.find.lasts"
[ -d "/proc/$pid" ] || fail "it did not stand still for as long as its deadline"
kill -CONT "$runner"
over 1
exec 3<&-
verdict fails_held failed
verdict lasts passed
nothing_left

# ^C lets it go on too: what it was is its verdict.
rm -f "$dir/alive"
mkfifo "$dir/alive"
: >"$dir/words"
begin e2e.find.fails_held e2e.find.passes --pause-on-failure -j 1
exec 3<"$dir/alive"
heard "go on: "
kill -INT "$runner"
over 2
exec 3<&-
verdict fails_held failed
is "undone after ^C" "torn down undone" "$(xargs <"$dir/words")"

# What passes never stands still.
run 0 e2e.find.passes --pause-on-failure
finish
