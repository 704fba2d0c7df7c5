#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Scenarios that want more than there is: each has its verdict, and loses nothing that it was owed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# More cleanups than fit into a message to one janitor.
run 1 e2e.work.crashes_with_many_cleanups --timeout 60s
verdict crashes_with_many_cleanups crashed
is "the cleanups, newest first" "$(seq -f %04g 2999 -1 0)" "$(cut -d ' ' -f 1 "$dir/counted")"
is "the ledger's balance" "3000 3000" \
    "$(jq -rs '"\(map(select(.op == "defer")) | length) \(map(select(.op == "done")) | length)"' "$run/ledger.jsonl")"
nothing_left

run 1 e2e.work.defers_without_end --timeout 60s
verdict defers_without_end error
is "the reason" "it deferred more than 10000 cleanups, or 16 MiB of them" \
    "$(query '.[] | select(.type == "case.ended") | .reason')"
is "the ledger's balance" "10000 10000" \
    "$(jq -rs '"\(map(select(.op == "defer")) | length) \(map(select(.op == "done")) | length)"' "$run/ledger.jsonl")"

run 0 e2e.work.logs_without_end_mark
is "the text" "the last" "$(query '.[] | select(.type == "attempt.log") | .text')"

run 1 e2e.work.checks_long_texts
verdict checks_long_texts failed
is "the texts" "24575 24575 24575 24575" "$(query '.[] | select(.type == "attempt.check") |
    [.expression, .actual, .expected, .message] | map(length | tostring) | join(" ")')"

# No deadline is lifted by who it is for.
work_so=$plugins/forge.so
plugin=e2e.forge
run 1 e2e.forge.forges_its_phase e2e.forge.repeats_its_phase --timeout 300ms --grace 100ms
verdict forges_its_phase timeout
verdict repeats_its_phase timeout
nothing_left

# What comes after a verdict can't be in the way of the attempt that is next.
run 1 -j 1 e2e.forge.defers_after_its_verdict e2e.forge.says_its_name
verdict defers_after_its_verdict error
is "the reason" "it deferred a cleanup after its verdict" \
    "$(query '.[] | select(.type == "case.ended" and (.case | endswith("defers_after_its_verdict"))) | .reason')"
verdict says_its_name passed
is "the next one's output" e2e.forge.says_its_name "$(cat "$run/cases/e2e.forge.says_its_name/attempt-1/stdout.log")"
[ ! -e "$run/ledger.jsonl" ] || fail "a cleanup was recorded"
nothing_left
finish
