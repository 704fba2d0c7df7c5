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
# on-failure/ is there when an attempt ended badly, however it did; nothing is left of it when it ended well.
run 1 "e2e.work.last_words*"
words=files/on-failure/last.txt
is "last words" "$(for end in crash failure hang; do printf 'cases/e2e.work.last_words_of_a_%s/attempt-1/%s ' $end $words; done)" \
    "$(cd "$run" && find cases -path '*on-failure*' -type f | sort | tr '\n' ' ')"
is "what they are" "last words" "$(cat "$run/cases/e2e.work.last_words_of_a_crash/attempt-1/$words")"
is "events of them" 3 "$(query '[.[] | select(.type == "attempt.artifact" and .name == "on-failure/last.txt" and
    .media_type == "text/plain" and .bytes == 10)] | length')"
[ ! -e "$run/cases/e2e.work.last_words_of_a_pass" ] || fail "a pass left a folder"
[ ! -e "$run/cases/e2e.work.last_words_of_a_skip" ] || fail "a skip left a folder"
run 0 e2e.work.passes
is "a silent pass" "" "$(kept)"
muster run "$work_so" --out "$out" --artifacts=sometimes
is "a policy that is none" 4 $?
finish
