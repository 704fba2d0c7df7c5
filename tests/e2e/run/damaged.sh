#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A cleanup finds its process as it was before the scenario, whatever that did to it: where the attempt can't put it
# right, or the cleanup fails there, a fresh process does it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/damaged.so
umask 022

# undone ID: the scenario passes, and what it deferred is undone, once.
undone() {
    : >"$dir/words"
    run 0 "e2e.damaged.$1" "--grace" 300ms
    is "after $1" undone "$(cat "$dir/words")"
    is "the ledger after $1" "defer done" "$(jq -rs 'map(.op) | join(" ")' "$run/ledger.jsonl")"
    nothing_left
}

for id in nothing folder masks signals descriptors_used_up limit_of_files limit_of_descriptors no_new_privileges early \
    what_only_the_cleanup_sees; do
    undone "$id"
done
left_to() {
    run 0 "e2e.damaged.$1" -vv
    is "why after $1" "cleanup $2" "$(query '.[] | select(.type == "attempt.log" and .level == "debug") | .text' | sed 's/:[0-9]*: /:N: /')"
}
left_to limit_of_files "undo is left to a fresh process: it has changed its resource limits"
left_to what_only_the_cleanup_sees "undo.elsewhere is left to a fresh process: tests/e2e/run/plugins/damaged.c:N: getpid() == atoi(payload) == 0 (it is 1)"
: >"$dir/words"
run 0 e2e.damaged.limit_of_files --keep-failed # and it has passed, whoever undoes what it deferred
is "after one that passed, with --keep-failed" undone "$(cat "$dir/words")"
run 0 e2e.damaged.masks -vv
is "what is put right is not told of" "" "$(query '.[] | select(.type == "attempt.log") | .text')"

[ "$(id -u)" -eq 0 ] || finish
for id in root_dropped root_changed capabilities_dropped; do
    undone "$id"
done
finish
