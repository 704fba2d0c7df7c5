#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a run leaves in its ledger is undone by `muster cleanup`, once, by one process, and only when nobody else is at work.
#
#     cleanup.sh BIN PLUGINS ANOTHER_PLUGIN
. "$(dirname "$0")/../run/lib.sh"
hoard=$plugins/hoard.so
mkdir "$dir/things" "$dir/busy"

# hoard STATUS ARGUMENT...: a run of the plugin hoard; cleanup STATUS ARGUMENT...: muster cleanup with its target.
hoards() {
    want=$1
    shift
    muster run "$hoard" --out "$out" --set dir="$dir" --set out="$out" "$@"
    status=$?
    [ "$status" -eq "$want" ] || fail "run $*: status $status, not $want"
}

cleanup() {
    want=$1
    shift
    muster cleanup --out "$out" --set dir="$dir" --set out="$out" "$@"
    status=$?
    [ "$status" -eq "$want" ] || fail "cleanup $*: status $status, not $want: $(cat "$work/complaints")"
}

# things NUMBER: so many are there.
things() {
    is "things" "$1" "$(find "$dir/things" -type f | wc -l)"
}

# ops: what the ledger holds, as one line.
ops() {
    jq -rs 'map(.op) | join(" ")' "$run/ledger.jsonl"
}

# settled: nothing is left to do, and nothing of the runner's own.
settled() {
    [ ! -e "$run/.run-state" ] || fail "$1: .run-state is left"
    nothing_left
}

# Nothing is kept by itself.
hoards 0 hoard.a1 hoard.a2
things 0
settled "a run that passed"

# --keep-failed: what bad attempts created stays, and nothing else.
hoards 1 hoard.a1 hoard.fails hoard.crashes --keep-failed -j1
things 4 # three files; and a process' file, whose process went with its attempt
says "4 kept: muster cleanup"
is "kept" "defer defer done done" "$(jq -rs 'map(select(.id < 3)) | map(.op) | join(" ")' "$run/ledger.jsonl")"
[ -e "$run/.run-state" ] || fail "--keep-failed leaves no word of what is outstanding"
cleanup 0 --list
says "4 outstanding"
says 'open hoard.crashes attempt 1: process.end("'
things 4
# The next run says so in its first lines, and so does --list for runs that are not the latest.
left=$(readlink "$out/latest")
hoards 0 hoard.a1
complains "$out/$left has left 4 things to be undone, the newest by process.end of hoard.crashes: muster cleanup $out/$left"
cleanup 0 --list
complains "$out/$left has left 4 things to be undone"
ln -sfn "$left" "$out/latest"
: >"$dir/calls"
cleanup 0
says "4 undone, 0 left"
is "newest first" "process first second first" "$(sed 's/.*_//' "$dir/calls" | tr '\n' ' ' | sed 's/ $//')"
things 0
settled "muster cleanup"
cleanup 0 --list
is "nothing to list" "$out/latest: nothing outstanding" "$(cat "$work/console")"
cleanup 0
is "nothing to do" "$out/latest: nothing to clean up" "$(cat "$work/console")"
: >"$dir/calls"
cleanup 0
is "nothing is called again" "" "$(cat "$dir/calls")"

# --skip-cleanup: all stays; --cleanup-only undoes it. A missing value of the target is asked for.
hoards 0 hoard.a1 --skip-cleanup
things 2
muster cleanup --out "$out"
is "cleanup without --set" 7 "$?"
says "FAILED hoard.a1 attempt 1"
complains "the run was given --set dir=... --set out=...: give them to muster cleanup too"
is "failed ones" "defer defer failed failed" "$(ops)"
cleanup 0 --list
says "failed hoard.a1 attempt 1"
muster run --cleanup-only --dry-run --out "$out"
is "--cleanup-only --dry-run" 0 "$?"
says "2 outstanding"
things 2
muster run --cleanup-only --keep-failed --out "$out"
is "--cleanup-only --keep-failed" 4 "$?"
things 2
muster run --cleanup-only --out "$out" --set dir="$dir" --set out="$out"
is "--cleanup-only" 0 "$?"
things 0
is "tried again" "defer defer failed failed done done" "$(ops)"
settled "--cleanup-only"

# Both: all stays. A run by its name, while another is the latest; --all finds it as well, and passes nothing over.
hoards 1 hoard.a1 hoard.fails --skip-cleanup --keep-failed -j1
first=$(basename "$(readlink "$run")")
hoards 0 hoard.a1
things 4
cleanup 0 --list "$first"
says "4 outstanding"
cleanup 0 --list
is "of the latest" "$out/latest: nothing outstanding" "$(cat "$work/console")"
cleanup 0 "$first"
says "$first: 4 undone, 0 left"
things 0
hoards 1 hoard.fails --keep-failed
hoards 0 hoard.a1 --skip-cleanup
cleanup 0 --all
is "runs that --all has cleaned up" 2 "$(grep -c '2 undone, 0 left' "$work/console")"
things 0

is_one_thing_there() {
    [ "$(find "$dir/things" -type f -size +0 | wc -l)" -eq 1 ]
}

# A runner that was killed: its processes are ended, its temporary folder goes, its log can be reported on.
for rung in auto pidns reaper; do
    muster run "$hoard" hoard.a1 --out "$out" --set dir="$dir" --set out="$out" --containment "$rung" || continue # no rights
    TMPDIR=$work/tmp "$bin/muster" run "$hoard" hoard.waits --out "$out" --set dir="$dir" --set out="$out" \
        --containment "$rung" >"$work/console" 2>&1 </dev/null &
    runner=$!
    until_ok is_one_thing_there
    cleanup 4
    complains "its runner, or another muster cleanup, is at work"
    cleanup 0 --list
    says "2 outstanding, and at work"
    cleanup 0 --all
    complains "passed over"
    things 2
    kill -9 "$runner"
    wait "$runner" 2>/dev/null
    runner=
    cleanup 0
    says "2 undone, 0 left"
    things 0
    settled "a killed run ($rung)"
    muster report "$run"
    is "report of a killed run" 0 "$?"
done

# Lines that are none are named, cost nothing else, and are not forgotten.
hoards 0 hoard.a1 --skip-cleanup
ledger=$run/ledger.jsonl
{ head -n 1 "$ledger"; echo rubbish; echo '{"v":1,"op":"lease","id":9}'; tail -n 1 "$ledger"; printf '{"v":1,"op":"do'; } >"$work/ledger"
cat "$work/ledger" >"$ledger"
cleanup 7
complains "ledger.jsonl:2: this is no JSON"
complains 'ledger.jsonl:3: operation "lease" is not known'
complains "ledger.jsonl:5: the line is cut"
says "2 undone, 0 left"
things 0
cleanup 7
! grep -q "cut" "$work/complaints" || fail "the cut line is still there"

# A plugin that is gone, one that is no plugin any more, and one that has lost the cleanup.
cp "$hoard" "$work/moved.so"
muster run "$work/moved.so" hoard.a1 --out "$out" --set dir="$dir" --set out="$out" --skip-cleanup
mv "$work/moved.so" "$work/elsewhere.so"
cleanup 7
complains "moved.so: the plugin is gone"
says "0 undone, 2 left"
echo "no plugin" >"$work/moved.so"
cleanup 7
complains "moved.so: refused: "
cp "$3" "$work/moved.so"
cleanup 7
says "the plugin has no cleanup of this name any more"
mv "$work/elsewhere.so" "$work/moved.so"
cleanup 0
things 0

# A relative path of a plugin is found from elsewhere.
(cd "$plugins" && muster run ./hoard.so hoard.a1 --out "$out" --set dir="$dir" --set out="$out" --skip-cleanup)
cleanup 0
things 0

# A payload that the ledger could not give back.
hoards 1 hoard.mangles
says "the payload is not UTF-8"
[ ! -e "$run/ledger.jsonl" ] || fail "a mangled payload is in the ledger"

# A runner that was killed before it began its log has left no more than a sign of itself.
early=$work/early/20260101-000000-abcdef
mkdir -p "$early"
: >"$early/.run-state"
cleanup 0 --out "$work/early" --all
is "what is left of it" "" "$(ls -A "$early")"

# Mistakes.
cleanup 4 "$work"
complains "not a run's folder"
cleanup 4 --all "$run"
cleanup 4 --out "$work/nowhere" --all
! grep -E '^(TWICE|TOGETHER)' "$dir/calls" || fail "a cleanup was called twice"
finish
