#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Exit statuses, each, and which of two wins: docs/reference/exit-status.md.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# No status but 0 comes without a line that says why: each run of this script is held against it.
run_quietly() {
    run "$@" -q
    [ "$status" -eq 0 ] || [ -s "$work/complaints" ] || grep -qE \
        "^ *(FAIL|ERROR|TIMEOUT|CRASH|LEFT|LEAK) |interrupted by|left behind|refused|the runner failed" "$work/console" ||
        fail "status $status of $* comes without a reason"
}
for id in fails aborts exits_with_zero fails_in_setup cannot_undo; do
    want=1
    [ "$id" != cannot_undo ] || want=7
    run_quietly $want "e2e.work.$id" --set dir="$dir"
done
run_quietly 5 -m nobody_has_this
run_quietly 4 -m 'a and'

# 0 and 1
run 0 e2e.work.passes
run 0 e2e.work.passes e2e.work.skips
for id in fails aborts exits_with_zero waits_by_marker fails_in_setup; do
    run 1 "e2e.work.$id" --grace 100ms
    is "the log's word for $id" 1 "$(query '.[-1].exit_status')"
done
verdict fails_in_setup error
run 1 e2e.work.exits_with_zero
verdict exits_with_zero crashed

# 3: the runner itself
mkdir "$work/alone"
cp "$bin/muster" "$work/alone/"
TMPDIR=$work/tmp "$work/alone/muster" run "$work_so" --out "$out" >"$work/console" 2>"$work/complaints"
is "without muster-host" 3 $?
complains "muster-host: No such file or directory"
muster run "$work_so" --out /dev/null/out e2e.work.passes
is "unusable --out" 3 $?
complains "--out /dev/null/out: making the folder: Not a directory"
(TMPDIR=$work/missing "$bin/muster" run "$work_so" --out "$out" e2e.work.passes >"$work/console" 2>"$work/complaints")
is "unusable TMPDIR" 3 $?
says "$work/missing/muster-"
is "the log's word" 3 "$(query '.[-1].exit_status')"
is "not run" 1 "$(query '.[-1].not_run')"

# 4: usage
muster run "$work_so" --out "$out" --no-such-option
is "unknown option" 4 $?
complains "unknown option --no-such-option"
complains "Try 'muster run --help'."
muster run "$work_so" --out "$out" -m 'a and'
is "bad expression" 4 $?
muster run "$work_so" --out "$out" e2e.work.no_such_scenario
is "unknown id" 4 $?
muster run "$work/missing.so" --out "$out"
is "missing file" 4 $?
muster run "$work_so" --out "$out" --set novalue
is "bad --set" 4 $?
muster run "$work_so" --out "$out" -j 0
is "no jobs" 4 $?
muster nosuchverb
is "unknown verb" 4 $?
muster
is "no verb" 4 $?

for helper in muster-host muster-bundle; do # by hand
    timeout 10 "$bin/$helper" >"$work/console" 2>"$work/complaints" </dev/null
    is "$helper by hand" 4 $?
    complains "$helper is muster's own helper"
done

# said TEXT: in the console.
said() {
    tr -s '\n ' '  ' <"$work/console" | grep -qF -- "$1" || fail "the console does not say \"$1\""
}

# 5: nothing selected
run 5 -m nobody_has_this
complains "nothing selected"
run 0 -m nobody_has_this --no-tests pass

# A word of an expression that nobody has; one that may be a marker of muster's is known.
run 0 e2e.work.passes -k 'not sloow' -m 'not serial'
complains "-k: no scenario's id, plugin or marker contains sloow"
run 4 e2e.work.passes -k 'not sloow' --strict-markers
run 0 e2e.work.passes -m 'not verdicts'
complains "-m: no scenario has a marker verdicts; did you mean verdict?"

# Whoever reads the latest run reads of this one, also where nothing was selected or could be loaded.
# latest_is STATUS PLANNED: what is in the latest run, which is none of those before.
latest_is() {
    now=$(readlink "$out/latest")
    [ "$now" != "$before" ] || fail "latest is the run before: $now"
    before=$now
    is "status in the log" "$1" "$(query '.[] | select(.type == "run.ended") | .exit_status')"
    is "planned" "$2" "$(query '[.[] | select(.type == "case.planned")] | length')"
    [ -s "$run/junit.xml" ] && [ -s "$run/results.json" ] || fail "the latest run has no reports"
    muster verify "$run" || fail "the latest run does not verify"
}
run 0 e2e.work.passes
before=$(readlink "$out/latest")
run 5 -m nobody_has_this
latest_is 5 0
run 4 e2e.work.passes --rerun failed
complains "that run selected nothing"
run 0 -m nobody_has_this --no-tests pass
latest_is 0 0
run 5 -m nobody_has_this --dry-run
is "a dry run leaves nothing" "$before" "$(readlink "$out/latest")"
echo "not a plugin" >"$work/bad.so"
muster run "$work/bad.so" --out "$out"
is "status with nothing but a bad one" 6 $?
latest_is 6 0
is "errors in junit.xml" 1 "$(grep -c '<error message="not an ELF file: [^"]*" type="not-elf"/>' "$run/junit.xml")"
muster report "$run" --format tap && grep -q "^not ok 1 - $work/bad.so" "$work/console" || fail "no refused plugin in TAP"
muster run "$work/bad.so" e2e.work.passes --out "$out"
is "status with an id and nothing but a bad one" 6 $?
latest_is 6 0
run 6 "$work/bad.so" e2e.work.passes --strict
latest_is 6 0
run 6 "$work/bad.so" -m nobody_has_this
latest_is 6 0

# A folder in the place of the link would go on showing an old run.
mkdir "$work/copied"
cp -RL "$out/latest" "$work/copied/latest"
for verb in "run $work_so e2e.work.passes" "merge $out/latest"; do
    # shellcheck disable=SC2086
    muster $verb --out "$work/copied"
    is "status of $verb with a folder in latest's place" 4 $?
    complains "$work/copied/latest is a folder, where muster makes a link to the newest run"
done
is "what is there" latest "$(ls "$work/copied")"

# Nothing was looked at: told, and a failure where that is asked for.
run 0 e2e.work.skips
said "every scenario was skipped"
run 5 e2e.work.skips --all-skipped fail
said "--all-skipped fail: every scenario was skipped"
run 0 e2e.work.skips --all-skipped pass
! grep -q 'every scenario' "$work/console" || fail "--all-skipped pass is not silent"
run 0 e2e.work.skips e2e.work.passes --all-skipped fail
run 1 e2e.work.skips e2e.work.passes --skipped fail
said "--skipped fail: 1 skipped"
said "skipped: e2e.work.skips"
is "in junit.xml" 1 "$(grep -c '<failure message="it was skipped (--skipped fail)[^"]*" type="skipped"' "$run/junit.xml")"
muster report "$run" --format tap && grep -q '^not ok [0-9] - e2e.work.skips$' "$work/console" || fail "TAP: $(cat "$work/console")"
run 0 e2e.work.passes --skipped fail
run 0 e2e.work.looks_at_nothing --repeat 2
said "passed without a single check: e2e.work.looks_at_nothing[repeat=1], e2e.work.looks_at_nothing[repeat=2]"
is "warnings in junit.xml" 2 "$(grep -c 'name="warning" value="[^"]*: it passed without a single check"' "$run/junit.xml")"
is "in results.json" 2 "$(jq '[.. | objects | select(.withoutChecks == true)] | length' "$run/results.json")"
muster report "$run" --format tap && is "in TAP" 2 "$(grep -c '^# it passed without' "$work/console")"
run 1 e2e.work.looks_at_nothing --repeat 2 --no-checks fail
said "--no-checks fail: 2 passed without a single check"
is "failures in junit.xml" 2 \
    "$(grep -c '<failure message="it passed without a single check (--no-checks fail)" type="unchecked"' "$run/junit.xml")"
run 0 e2e.work.looks_at_nothing --repeat 2 --no-checks pass
! grep -q 'single check' "$work/console" || fail "--no-checks pass is not silent"
run 0 e2e.work.passes --no-checks fail
muster run "$work_so" --no-checks maybe
is "a word that is none" 4 $?

# 6: a plugin could not be loaded; the others run
echo "not a plugin" >"$work/bad.so"
run 6 "$work/bad.so" e2e.work.passes
verdict passes passed
is "the log's word" not-elf "$(query '.[] | select(.type == "plugin.refused") | .reason')"
run 6 "$work/bad.so" e2e.work.fails # 6 before 1
run 6 "$work/bad.so" e2e.work.passes --strict
complains "nothing was run"
run 6 "$work/bad.so" -m nobody_has_this

# 7: something is left; 1 before 7
: >"$dir/words"
run 7 e2e.work.cannot_undo
run 1 e2e.work.cannot_undo_after_crash
run 1 e2e.work.cannot_undo e2e.work.fails
TMPDIR=$work/tmp "$work/alone/muster" cleanup "$run" >"$work/console" 2>"$work/complaints"
is "cleanup without muster-host" 3 $? # 3 before 7
complains "muster-host: No such file or directory"
run 6 "$work/bad.so" e2e.work.cannot_undo

# A reader that has gone changes no status; a full disk under stdout does, after everything was put in order.
# piped STATUS ARGUMENT...: muster into a pipe that nobody reads.
mkfifo "$work/pipe"
piped() {
    want=$1
    shift
    exec 4<>"$work/pipe" 5>"$work/pipe" 4>&-
    TMPDIR=$work/tmp "$bin/muster" "$@" >&5 2>"$work/complaints" </dev/null
    is "into a closed pipe: $*" "$want" $?
    exec 5>&-
}
piped 1 run "$work_so" --out "$out" e2e.work.fails
piped 0 run "$work_so" --out "$out" e2e.work.passes
piped 7 run "$work_so" --out "$out" --set dir="$dir" e2e.work.cannot_undo
piped 7 cleanup --out "$out" --set dir="$dir"
is "the ledger: tried again by cleanup" "defer defer failed done failed" "$(jq -rs 'map(.op) | join(" ")' "$run/ledger.jsonl")"
piped 0 report "$run" --format junit
is "complaints" "" "$(cat "$work/complaints")"
TMPDIR=$work/tmp "$bin/muster" run "$work_so" --out "$out" e2e.work.fails >/dev/full 2>"$work/complaints"
is "stdout on a full disk" 3 $?
complains "writing to stdout: No space left on device"
muster verify "$run/bundle.tar.zst"
is "its bundle" 0 $?
nothing_left
finish
