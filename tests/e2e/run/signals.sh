#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ^C: attempts end, cleanups run, reports are written. Twice: at once, and the ledger remembers.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
mkfifo "$dir/alive"

# begin_holds WRAPPER...: a run of `holds` that has begun, its FIFO on descriptor 3.
begin_holds() {
    : >"$dir/words"
    TMPDIR=$work/tmp "$@" "$bin/muster" run "$work_so" --out "$out" --set dir="$dir" e2e.work.holds -j 1 \
        >"$work/console" 2>"$work/complaints" </dev/null &
    runner=$!
    exec 3<"$dir/alive"
    read -r word <&3
    is "the scenario" ready "$word"
}

# Whatever would kill a process ends a run in order, but for what is the sign of a crash. A shell has commands in the
# background ignore SIGQUIT.
# By number, since not every kill(1) knows every name: real-time ones, SIGPOLL, SIGSTKFLT, SIGPWR.
for signal in QUIT ALRM USR2 XFSZ XCPU VTALRM PROF 16 29 30 34 37 64; do
    begin_holds env --default-signal=QUIT
    kill -"$signal" "$runner"
    ended 2
    exec 3<&-
    is "the cleanup after SIG$signal" "held in e2e.work.holds" "$(cat "$dir/words")"
    is "the log's word after SIG$signal" "run.ended 2 true" "$(query '.[-1] | "\(.type) \(.exit_status) \(.interrupted)"')"
    case $signal in
    [0-9]*) says "interrupted by" ;;
    *) says "interrupted by SIG$signal" ;;
    esac
    nothing_left
done

# A plugin that was refused does not hide that the run was interrupted.
echo "not a plugin" >"$work/bad.so"
: >"$dir/words"
start "$work/bad.so" e2e.work.holds -j 1
exec 3<"$dir/alive"
read -r word <&3
kill -TERM "$runner"
ended 2
exec 3<&-
is "the log's word" 2 "$(query '.[-1].exit_status')"
is "the refused one" not-elf "$(query '.[] | select(.type == "plugin.refused") | .reason')"

# What is ignored at the start stays so, and a reader that has gone ends nothing: the run goes on until it is told.
begin_holds env --ignore-signal=HUP,ALRM
kill -HUP "$runner"
kill -ALRM "$runner"
kill -PIPE "$runner"
kill -URG "$runner"
kill -WINCH "$runner"
kill -USR1 "$runner"
until_ok grep -q "^now: e2e.work.holds" "$work/console"
kill -TERM "$runner"
ended 2
exec 3<&-
says "interrupted by SIGTERM"
nothing_left

# A limit of files' sizes, which the runner meets itself: its writes fail, and it says so.
for limit in 8 64; do
    (ulimit -f $limit && exec env TMPDIR="$work/tmp" "$bin/muster" run "$work_so" --out "$out" --set dir="$dir" \
        e2e.work.logs_a_lot e2e.work.passes -j 1 >"$work/console" 2>"$work/complaints" </dev/null)
    is "the status with ulimit -f $limit" 3 $?
    grep -q "File too large" "$work/console" "$work/complaints" || fail "it does not say that a file was too large"
    left=$(find "$work/tmp" -mindepth 1 | head -n 3)
    [ -z "$left" ] || fail "temporary files are left: $left"
done

for signal in INT TERM HUP; do
    : >"$dir/words"
    start e2e.work.holds e2e.work.attaches -j 1 # in the order of the source
    exec 3<"$dir/alive"
    read -r word <&3
    is "the scenario" ready "$word"
    kill -$signal "$runner"
    ended 2
    is "what is still open after SIG$signal" "" "$(cat <&3)" # the end: nobody holds the FIFO any more
    exec 3<&-
    verdict holds error
    is "its reason" interrupted "$(query '.[] | select(.type == "attempt.ended") | .reason')"
    is "cases not run" 1 "$(query '.[-1].not_run')"
    says "SIG$signal: waiting for e2e.work.holds and its cleanups; an attempt is killed after 2 s."
    says " kills at once what runs: the cleanups of a killed attempt still run, a killed cleanup is left to 'muster cleanup'"
    is "the log's word" "run.ended 2 true" "$(query '.[-1] | "\(.type) \(.exit_status) \(.interrupted)"')"
    is "its cleanup" "held in e2e.work.holds" "$(cat "$dir/words")"
    is "the ledger" "defer done" "$(jq -rs 'map(.op) | join(" ")' "$run/ledger.jsonl")"
    xmllint --noout "$run/junit.xml" || fail "junit.xml is not well-formed"
    muster verify "$run/bundle.tar.zst" || fail "the bundle of an interrupted run does not verify"
    nothing_left
done

# The first ^C asks, and is not heeded; the second does not ask.
start e2e.work.holds_on --grace 60s -j 1
exec 3<"$dir/alive"
read -r word <&3
kill -INT "$runner"
read -r word <&3
is "SIGTERM was seen" term "$word"
sh -c 'kill -INT "$1"' sh "$runner" # by another process: see below
ended 2
is "what is still open" "" "$(cat <&3)"
exec 3<&-
says "SIGINT: waiting for e2e.work.holds_on and its cleanups; an attempt is killed after 60 s. ^C again kills at once what runs: the cleanups of a killed attempt still run, a killed cleanup is left to 'muster cleanup'"
says "SIGINT again: killing what runs; the cleanups of a killed attempt still run, a killed cleanup is left to 'muster cleanup' (was waiting for e2e.work.holds_on"
verdict holds_on error
muster verify "$run/bundle.tar.zst" || fail "the bundle of a hurried run does not verify"
is "the ledger has the promise" defer "$(jq -rs '.[0].op' "$run/ledger.jsonl")"
nothing_left

# timeout(1) signals its child and then the group that this is in: the second one is no second ^C.
start e2e.work.holds_on --grace 2s -j 1
exec 3<"$dir/alive"
read -r word <&3
kill -TERM "$runner"
read -r word <&3
is "SIGTERM was seen" term "$word"
kill -TERM "$runner"
ended 2
exec 3<&-
is "the grace is kept" true "$(query '.[] | select(.type == "attempt.ended") | .duration_ns >= 2000000000')"
nothing_left

# A process of the runner's own that was stopped is not waited for without end.
start e2e.work.holds -j 1
exec 3<"$dir/alive"
read -r word <&3
for pid in $(cat "/proc/$runner/task/$runner/children"); do
    [ "$(cat "/proc/$pid/comm")" != muster-host ] || kill -STOP "$pid"
done
kill -TERM "$runner"
ended 2
exec 3<&-
nothing_left

muster help run
cp "$work/console" "$work/help"
muster run --help
cmp "$work/help" "$work/console" || fail "help run is not run --help"
finish
