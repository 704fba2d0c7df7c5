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

# can RUNG: whether this machine and this user have it. Who asks for one that they haven't reads why.
can() {
    muster run "$work_so" --out "$work/probe" --containment "$1" e2e.find.passes && return
    is "status without $1" 3 $?
    case $1 in
    cgroup) complains "muster: --containment: cgroup v" ;;
    pidns) complains "muster: --containment: no PID namespace can be had here: " ;;
    *) fail "the rung $1 can always be had" ;;
    esac
    complains "; auto takes the best that a test can't notice"
    return 1
}

# leaks: kind and things of the last run, a line each.
leaks() {
    query '.[] | select(.type == "attempt.leaked") | "\(.kind) \(.what | join(", "))"'
}

# begin ARGUMENT...: a run in the background whose console is read by `heard`; its id is in $runner.
begin() {
    rm -f "$work/heard"
    mkfifo "$work/heard"
    TMPDIR=$work/tmp "$bin/muster" run "$work_so" --out "$out" --set dir="$dir" "$@" \
        >"$work/heard" 2>"$work/complaints" </dev/null &
    runner=$!
    exec 4<"$work/heard"
    : >"$work/console"
}

# heard TEXT: reads the console until a line has it.
heard() {
    while read -r line <&4; do
        printf '%s\n' "$line" >>"$work/console"
        case $line in *"$1"*) return 0 ;; esac
    done
    fail "the console ended without \"$1\""
    return 1
}

# over STATUS: reads the rest; the run has this status.
over() {
    cat <&4 >>"$work/console"
    exec 4<&-
    ended "$1"
}
