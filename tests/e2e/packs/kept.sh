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

# Whoever ends the keeper ends the services, and what was to be undone is still known.
muster run kept.yaml "$packs/persys.so" --out "$out" --keep-failed
is "platforms after the run" 1 "$(of_run 'muster-testbed ' | wc -l)"
for comm in $(grep -lsx muster-keep /proc/[0-9]*/comm); do
    case $(readlink "${comm%comm}cwd") in
    "$work"/tmp/*) kill "$(basename "${comm%/comm}")" ;;
    esac
done
while [ "$(of_run 'muster-testbed ' | wc -l)" -gt 0 ]; do :; done
muster cleanup "$out/latest" || fail "without a keeper: $(cat complaints)"
nothing_left

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
