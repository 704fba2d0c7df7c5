#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Looking at runs: while they are made, when their runner was killed, and with the command that runs one scenario again.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# json FILTER ARGUMENT...: of what a verb prints with --json; $work/console may be the runner's at that time.
json() {
    filter=$1
    shift
    "$bin/muster" "$@" --json --out "$out" >"$work/json" || fail "$*: status $?"
    jq -r "$filter" "$work/json"
}

run 1 e2e.work.passes e2e.work.fails e2e.work.attaches
is "the newest" "FAILED 1 of 3" "$(json '.runs[0] | "\(.status) \(.failed) of \(.totalScenarios)"' runs)"
first=$(basename "$(readlink "$run")")

# A file that show names is there, and has as many bytes.
json '.files[] | "\(.bytes) \(.path)"' show attaches >"$work/files"
[ -s "$work/files" ] || fail "show names no file"
while read -r bytes path; do
    is "bytes of $path" "$bytes" "$(stat -c %s "$path")"
done <"$work/files"

# The command of a scenario runs it, and nothing else.
again=$(json .rerun show fails)
case $again in
"muster run "*" e2e.work.fails") ;;
*) fail "no command for one scenario: $again" ;;
esac
set -- "$(printf %s "$again" | sed "s|dir=\.\.\.|dir=$dir|")"
(PATH=$bin:$PATH eval "$1") >"$work/console" 2>"$work/complaints"
is "its status" 1 $?
is "what it ran" "e2e.work.fails" "$(query '.[] | select(.type == "case.planned") | .case')"

# So does that of one of several that were named by their places; a file of scenarios as data stays to be read.
if "$bin/muster" steps exec >/dev/null 2>&1; then # who runs it as another user has no copy of them
    mkdir "$work/places"
    printf 'scenarios:\n  one: {steps: [exec: {argv: ["true"]}]}\n  two: {steps: [exec: {argv: ["true"]}]}\n' >"$work/places/some.yaml"
    muster run "$work/places/some.yaml:2" "$work/places/some.yaml:3" --out "$work/places/out"
    is "by places" 0 $?
    is "the command of one of them" "muster run $work/places/some.yaml $work/places/some.yaml --out $work/places/out some.two" \
        "$("$bin/muster" show two --json --out "$work/places/out" | jq -r .rerun)"
fi

# Its runner is at work, and then it is not.
mkfifo "$dir/alive"
start e2e.work.passes e2e.work.holds -j 1
exec 3<"$dir/alive"
read -r word <&3
is "the scenario" ready "$word"
until_ok grep -q '"case.ended"' "$run/events.jsonl"
is "a run that goes on" RUNNING "$(json '.runs[0].status' runs)"
kill -9 "$runner"
wait "$runner" 2>/dev/null
runner=
is "nobody holds on" "" "$(cat <&3)"
exec 3<&-
is "a run without an end" INCOMPLETE "$(json '.runs[0].status' runs)"
is "what was not run" "e2e.work.holds" "$(json '.notRun[]' show)"
muster show --out "$out" || fail "show of a killed run: status $?"
says "CUT OFF"
is "of the one before" "e2e.work.fails" "$(json '.causes[].scenarios[]' show previous)"
is "by its id" "$first" "$(json .id show "$first")"

# Pruning spares a run that is at work though it is not the latest, and one that has left something to be undone.
"$bin/muster" cleanup --out "$out" --set dir="$dir" >"$work/other" || fail "cleanup of a killed run: status $?"
run 0 e2e.work.undoes_after_pass --skip-cleanup
owing=$(basename "$(readlink "$run")")
rm -f "$dir/alive"
mkfifo "$dir/alive"
start e2e.work.holds
exec 3<"$dir/alive"
read -r word <&3
working=$(basename "$(readlink "$run")")
"$bin/muster" run "$work_so" --out "$out" --set dir="$dir" e2e.work.passes >"$work/other" || fail "a run beside it"
latest=$(basename "$(readlink "$run")")
"$bin/muster" runs --out "$out" --prune --keep-runs 0 >"$work/pruned" || fail "prune: status $?"
is "what stays" "$(printf '%s\n' "$owing" "$working" "$latest" | sort)" "$(find "$out" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)"
grep -q "kept $out/$owing: it has left something to be undone" "$work/pruned" || fail "of what is to be undone: $(cat "$work/pruned")"
grep -q "kept $out/$working: it is at work" "$work/pruned" || fail "of what is at work: $(cat "$work/pruned")"
kill -TERM "$runner"
exec 3<&-
ended 2
"$bin/muster" cleanup "$out/$owing" --set dir="$dir" >"$work/other" || fail "cleanup: status $?"
"$bin/muster" runs --out "$out" --prune --keep-runs 0 >"$work/pruned" || fail "prune: status $?"
is "afterwards" "$latest" "$(find "$out" -mindepth 1 -maxdepth 1 -type d -printf '%f\n')"

# What can't be removed is not told as if a bound had kept it. (Root may remove anything.)
run 0 e2e.work.passes
if [ "$(id -u)" != 0 ]; then
    chmod 500 "$out"
    "$bin/muster" runs --out "$out" --prune --keep-runs 0 >"$work/pruned" 2>"$work/complaints"
    is "prune without the right to" 3 $?
    chmod 700 "$out"
    grep -q "kept $out/$latest: it could not be removed" "$work/pruned" || fail "of what stays: $(cat "$work/pruned")"
fi

# Before the first run there is nothing to remove, and that is no mistake of a job that does it every night.
"$bin/muster" runs --out "$work/nowhere" --prune --keep-runs 5 >"$work/pruned" 2>"$work/complaints" || fail "prune of nothing: status $?"
is "what prune says of nothing" "0 runs removed, 0 kept" "$(cat "$work/pruned")"
complains "nowhere: no run is there"

# A run that was killed before its first line.
empty=$work/empty/20260101-000000-000000000001
mkdir -p "$empty"
: >"$empty/events.jsonl"
is "a log of nothing" INCOMPLETE "$("$bin/muster" runs --out "$work/empty" --json | jq -r '.runs[0].status')"
for verb in show "show --json" explain replay "compare $empty"; do
    # shellcheck disable=SC2086
    muster $verb "$empty"
    is "$verb of a log of nothing" 4 $?
    complains "its log is empty: the run has not begun, or was killed before"
    is "what $verb makes of it" "" "$(cat "$work/console")"
done

finish
