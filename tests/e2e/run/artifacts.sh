#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --artifacts: whose files are kept.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

kept() {
    (cd "$run" && find cases -type f 2>/dev/null | sort | tr '\n' ' ')
}

all="e2e.work.attaches e2e.work.attaches_and_fails e2e.work.passes e2e.work.recovers_by_marker e2e.work.fails"
good="cases/e2e.work.attaches/attempt-1/files/note.txt cases/e2e.work.attaches/attempt-1/stdout.log "
bad="cases/e2e.work.attaches_and_fails/attempt-1/files/note.txt cases/e2e.work.fails/attempt-1/stdout.log "

# shellcheck disable=SC2086 # a list of ids
{
    run 1 $all
    is "always" "$good$bad" "$(kept)"
    is "the note" kept "$(cat "$run/cases/e2e.work.attaches/attempt-1/files/note.txt")"
    run 1 $all --artifacts=on-failure
    is "on-failure" "$bad" "$(kept)"
    run 1 $all --artifacts=never
    is "never" "" "$(kept)"
    [ ! -e "$run/cases" ] || fail "--artifacts=never leaves a folder"
}
is "output is counted all the same" true \
    "$(query '[.[] | select(.type == "attempt.ended") | .stdout_bytes] | add > 0')"
nothing_left
run 0 e2e.work.passes
is "a silent pass" "" "$(kept)"
muster run "$work_so" --out "$out" --artifacts=sometimes
is "a policy that is none" 4 $?
finish
