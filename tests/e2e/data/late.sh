#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A step that was left behind goes on in its thread, with a client of HTTP that the steps of `finally` use too.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
listener=$4

mkfifo "$work/hold"
"$listener" <"$work/hold" >"$work/asked" &
runner=$!
exec 9>"$work/hold" # it ends when we do
until_ok [ -s "$work/asked" ] || exit 1
runner=
port=$(head -n 1 "$work/asked")

# was_asked N REQUEST: how often the server was.
was_asked() {
    is "requests $2" "$1" "$(grep -cxF -- "$2" "$work/asked")"
}

# checks_failed N CASE
checks_failed() {
    is "failed checks of $2" "$1" "$(query "[.[] | select(.type == \"attempt.check\" and .case == \"$2\")] | length")"
}

run 1 late.yaml --set url="http://127.0.0.1:$port"
for name in in_the_body while_polling in_a_branch without_finally visible; do
    verdict e2e.late.$name failed
done
# What finally finds is the product's failure; what it could not look at is an error.
verdict e2e.late.in_finally failed
verdict e2e.late.found_by_finally failed
printed e2e.late.found_by_finally "all is well; still here"
verdict e2e.late.stopped_by_finally failed
verdict e2e.late.error_in_finally failed
is "cases that were judged by more than their own words" 0 \
    "$(query '[.[] | select(.type == "attempt.ended" and (.verdict == "crashed" or .verdict == "timeout"))] | length')"

# What was made is removed, with what the steps had saved.
was_asked 1 "DELETE /orders/7"
printed e2e.late.in_the_body finally
checks_failed 1 e2e.late.in_the_body
[ ! -e "$dir/left-by-the-body" ] || fail "nobody cleaned up after in_the_body"

# Late ones in finally itself are failed checks, and what follows them runs.
checks_failed 2 e2e.late.in_finally
failed e2e.late.in_finally "step fetch took longer than 200ms"
was_asked 1 "DELETE /orders/8"
was_asked 1 "DELETE /orders/8/1.5"
was_asked 1 "DELETE /polled"
was_asked 1 "DELETE /branched"
printed e2e.late.in_a_branch "the other branch"

# The cleanups of one without finally don't run beside it either.
[ ! -e "$dir/left-without-finally" ] || fail "nobody cleaned up after without_finally"

# What goes wrong in finally is told, whatever the verdict was before.
printed e2e.late.visible through
checks_failed 2 e2e.late.visible
is "errors in the log of visible" "the surroundings are at fault;the product is at fault" "$(query '[.[]
    | select(.type == "attempt.log" and .case == "e2e.late.visible" and .level == "error")
    | .text | ltrimstr("it stopped in its teardown: ")] | join(";")')"

is "steps that did not end" 0 "$(query '[.[] | select(.type == "attempt.step" and .case != "e2e.late.visible")] | group_by([.case, .step])
    | map(select(length < 2)) | length')"
nothing_left

# Where everything may take longer, so may a step.
run 1 late.yaml --set url="http://127.0.0.1:$port" e2e.late.in_finally --timeout-factor 2
failed e2e.late.in_finally "step fetch took longer than 400ms"
exec 9>&-
wait
finish
