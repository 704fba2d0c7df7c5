#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What was deferred is undone, last in first out, by the attempt itself or, when that died, by a janitor.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

undone() {
    : >"$dir/words"
    run "$1" "e2e.work.undoes_after_$2" --grace 100ms
    is "after $2" "$3" "$(sed 's/^[0-9]* //; s/ in .*//' "$dir/words" | tr '\n' ' ')"
    is "the ledger after $2" "defer defer defer done done done" "$(jq -rs 'map(.op) | join(" ")' "$run/ledger.jsonl")"
    is "the order in the ledger after $2" "1 2 3 3 2 1" "$(jq -rs 'map(.id) | map(tostring) | join(" ")' "$run/ledger.jsonl")"
    nothing_left
}

undone 0 pass "torn down third second same "
undone 1 require "third second same "
undone 1 crash "third second other "
undone 1 exit "third second other "
undone 1 timeout "third second other "
undone 1 kill "third second other "
is "payloads and plugin" "e2e.work.undoes_after_kill 1 $work_so tell third" \
    "$(jq -rs '.[2] | "\(.case) \(.attempt) \(.plugin) \(.cleanup) \(.payload)"' "$run/ledger.jsonl")"

# Whatever thread has deferred it, it is undone by the attempt itself.
: >"$dir/words"
run 0 e2e.work.undoes_what_threads_defer
is "what threads deferred" "80 same" "$(cut -d ' ' -f 2 "$dir/words" | sort | uniq -c | xargs)"
nothing_left

# A cleanup that fails: status 7, no "done", and the others run.
cleanups_c=tests/e2e/run/plugins/work_cleanups.c
why="$cleanups_c:$(grep -n 'FAIL("cannot undo' "$(dirname "$0")/plugins/work_cleanups.c" | cut -d : -f 1): cannot undo this"
for id in cannot_undo:7 cannot_undo_after_crash:1; do
    : >"$dir/words"
    run "${id#*:}" "e2e.work.${id%:*}"
    is "the other cleanup" "before in e2e.work.${id%:*}" "$(cat "$dir/words")"
    is "the ledger" "defer defer failed done" "$(jq -rs 'map(.op) | join(" ")' "$run/ledger.jsonl")"
    is "the reason" "$why" "$(jq -rs '.[] | select(.op == "failed") | .error' "$run/ledger.jsonl")"
    says "left behind (cleanup):"
    says "fail(\"this\"): $why"
    is "the log's word" "cleanup fail(\"this\") failed: $why" \
        "$(query '.[] | select(.type == "attempt.log" and .level == "error") | .text')"
done

# One that never ends, in the attempt and in a janitor: it has failed, and the others are undone all the same.
: >"$dir/words"
run 1 e2e.work.undoes_without_end --grace 100ms
is "the other cleanup" "before in e2e.work.undoes_without_end" "$(cat "$dir/words")"
is "the ledger" "defer defer failed done" "$(jq -rs 'map(.op) | join(" ")' "$run/ledger.jsonl")"
is "the reason" "cleanup took longer than 200 ms" "$(jq -rs '.[] | select(.op == "failed") | .error' "$run/ledger.jsonl")"
nothing_left

# --cleanup-timeout, for one that sets none itself: in the attempt, and in muster cleanup, which keeps it for the next one.
run 1 e2e.work.undoes_as_long_as_it_may --cleanup-timeout 300ms --grace 100ms
is "the reason" "cleanup took longer than 300 ms" "$(jq -rs '.[] | select(.op == "failed") | .error' "$run/ledger.jsonl")"
muster cleanup --out "$out" --cleanup-timeout 400ms --grace 100ms
is "the status of muster cleanup" 7 $?
is "the ledger" "defer failed failed" "$(jq -rs 'map(.op) | join(" ")' "$run/ledger.jsonl")"
is "its reason" "cleanup took longer than 400 ms" "$(jq -rs '.[-1].error' "$run/ledger.jsonl")"
rm "$run/.run-state" # what names the outstanding
nothing_left

# --debug: one at a time, whatever -j says, with debug lines, and what bad ones deferred is kept; no good one's.
run 1 e2e.work.undoes_after_require e2e.work.undoes_after_pass --debug -j4 --artifacts never
is "jobs" 1 "$(query '.[0].jobs')"
is "kept" e2e.work.undoes_after_require "$(query '[.[] | select(.type == "attempt.log" and (.text | startswith("kept: "))) | .case] | unique | join(" ")')"
says "START [         ] e2e.work.undoes_after_pass: attempt 1"
says "LOG [         ] e2e.work.undoes_after_require: info: kept: "
muster cleanup "$run" --set dir="$dir" || fail "cleanup after --debug: $?"

# --keep-failed: every kind of bad end keeps what its attempt deferred, no other end does; of one that recovered, the first.
keeps() {
    : >"$dir/words"
    run "$1" "e2e.work.undoes_after_$2" --keep-failed --grace 100ms --timeout 10s
    is "done after $2" "$3" "$(jq -rs '[.[] | select(.op == "done")] | length' "$run/ledger.jsonl")"
    kept=$4
    is "said after $2" "$kept" "$(query '[.[] | select(.type == "attempt.log" and (.text | startswith("kept: ")))] | length')"
    [ "$kept" -eq 0 ] || says "Cleanup $kept kept"
    muster cleanup "$run" --set dir="$dir" || fail "cleanup after $2: $?"
    is "what was kept of $2, and is undone" "$kept" "$(($(jq -rs '[.[] | select(.op == "done")] | length' "$run/ledger.jsonl") - $3))"
}
keeps 0 pass 3 0
keeps 0 skip 3 0
keeps 0 retry 3 3
for end in require error crash exit timeout kill; do
    keeps 1 "$end" 0 3
done

run 1 e2e.work.defers_the_unknown
verdict defers_the_unknown error
[ ! -e "$run/ledger.jsonl" ] || fail "a ledger was made for nothing"
finish
