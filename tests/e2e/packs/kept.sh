#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Services live on after the run with what was kept in them, on every rung; `muster cleanup` undoes that while they live, and
# ends them. Where nothing was kept, nothing is left running.
. "$(dirname "$0")/../run/lib.sh"
packs=$3
cd "$work" || exit 1
cat >kept.yaml <<'END'
name: e2e.kept
plugins: [persys.steps]
scenarios:
  fails:
    steps:
      - create_workload: {name: one}
      - get_workload:
        expect: {/status: nonsense}
  passes:
    steps: [create_workload]
END

# of_run PATTERN: processes of the run whose command line has it.
of_run() {
    for pid in $(grep -lsaF "MUSTER_RUN_ID=$(query '.[0].run_id')" /proc/[0-9]*/environ | cut -d/ -f3); do
        { tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "$1"; } 2>/dev/null && echo "$pid"
    done
}

for rung in auto pidns reaper; do
    muster run kept.yaml "$packs/persys.so" --out "$out" --containment "$rung" --keep-failed
    case $?:$(cat complaints) in
    4:*containment*) continue ;; # not to be had here
    1:*) ;;
    *) fail "$rung: the run ended with $(cat complaints)" ;;
    esac
    grep -qF "Services testbed kept, and still running" console || fail "$rung: no word of the service: $(tail -n 5 console)"
    is "$rung: platforms after the run" 1 "$(of_run 'muster-testbed ' | wc -l)"
    kept=$(basename "$(readlink "$out/latest")")

    # Another run, and a look, leave it alone.
    muster run kept.yaml "$packs/persys.so" --out "$work/other" --bundle none e2e.kept.passes || fail "$rung: another run"
    muster cleanup "$out/$kept" --list
    grep -qE "kept service testbed: " console || fail "$rung: the list does not name it: $(cat console)"
    is "$rung: platforms after a look" 1 "$(of_run 'muster-testbed ' | wc -l)"

    muster cleanup "$out/$kept" || fail "$rung: muster cleanup: status $?: $(cat complaints)"
    is "$rung: what was done" "UNDONE ENDED" "$(awk '/UNDONE|ENDED/ { print $1 }' console | paste -sd' ')"
    is "$rung: processes of the run" 0 "$(of_run . | wc -l)"
    muster verify "$out/$kept" || fail "$rung: the evidence was changed: $(cat complaints)"
    nothing_left
done

# until_gone PID: its end is an event of its own, which tail(1) waits for.
until_gone() {
    tail --pid="$1" -s 0.1 -f /dev/null
}

# keep: a run that keeps the platform. bed: the platform's process.
keep() {
    muster run kept.yaml "$packs/persys.so" --out "$out" --keep-failed
    bed=$(of_run 'muster-testbed ')
    is "platforms after the run" 1 "$(echo "$bed" | wc -l)"
}

# What is needed to use it is told, and no secret: at the end of the run, and by --list.
keep
shown=$(sed -n 's/^ *testbed: //p' console)
url=$(echo "$shown" | sed -n 's/.*\<url \(http:[^,]*\),.*/\1/p')
is "the platform at the address" 200 "$(curl -s -o health -w '%{http_code}' "$url/health")"
echo "$shown" | grep -qF "process $bed (muster-testbed)" || fail "its process is not told: $shown"
echo "$shown" | grep -q "admin_password[^,]" && fail "a password is told: $shown"
muster cleanup "$out/latest" --list
grep -qF "$shown" console || fail "the list does not say how to use it: $(cat console)"

# It is found where the run's folder is, whatever that is called by now, and when TMPDIR was tidied up.
rm -rf "$work"/tmp/*
mv "$(readlink -f "$out/latest")" "$work/renamed"
muster cleanup "$work/renamed" --list
grep -q "kept service testbed: it runs" console || fail "it is not found any more: $(cat console complaints)"
muster cleanup "$work/renamed" || fail "a renamed run: status $?: $(cat complaints)"
is "what was done" "UNDONE ENDED" "$(awk '/UNDONE|ENDED/ { print $1 }' console | paste -sd' ')"
until_gone "$bed"
muster cleanup "$work/renamed" || fail "again: status $?"
is "what is left to do" "$work/renamed: nothing to clean up" "$(cat console)"

# One that has ended meanwhile is missed, and what was in it is settled, once.
keep
keeper=$(for comm in $(grep -lsx muster-keep /proc/[0-9]*/comm); do
    case $(readlink "${comm%comm}cwd") in
    "$work"/*) basename "${comm%/comm}" ;;
    esac
done)
kill "$keeper"
until_gone "$keeper"
until_gone "$bed"
muster cleanup "$out/latest" --list
grep -q "gone service testbed: it has ended since the run" console || fail "it is not missed: $(cat console)"
muster cleanup "$out/latest" || fail "without a keeper: $(cat complaints)"
grep -q "GONE service testbed: it has ended since the run" console || fail "it is not missed: $(cat console)"
grep -q 'UNDONE e2e.kept.fails .*: in service testbed, which is gone' console || fail "what was in it: $(cat console)"
nothing_left
muster cleanup "$out/latest" || fail "again: status $?"
is "what is left to do" "$out/latest: nothing to clean up" "$(cat console)"

# Nothing was kept.
muster run kept.yaml "$packs/persys.so" --out "$out" --keep-failed e2e.kept.passes || fail "a pass: status $?"
is "platforms after a pass" 0 "$(of_run 'muster-testbed ' | wc -l)"
grep -q Services console && fail "a service that is none: $(cat console)"
nothing_left

# --skip-cleanup keeps what a pass has left.
muster run kept.yaml "$packs/persys.so" --out "$out" --skip-cleanup e2e.kept.passes || fail "skip-cleanup: status $?"
is "platforms after a pass" 1 "$(of_run 'muster-testbed ' | wc -l)"
muster cleanup "$out/latest" || fail "muster cleanup: $(cat complaints)"
nothing_left
finish
