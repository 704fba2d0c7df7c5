#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The platform's server and improper clients; and what is kept of a connection when its scenario passes, crashes, hangs.
. "$(dirname "$0")/../run/lib.sh"
frames_so=$plugins/frames.so

muster run "$frames_so" --out "$out" e2e.frames.frames_of_clients || fail "improper clients: status $?"
[ ! -e "$run/cases/e2e.frames.frames_of_clients/attempt-1/files" ] || fail "frames of a pass are kept"

muster run "$frames_so" --out "$out" e2e.frames.crashes_in_a_stream e2e.frames.hangs_in_a_stream && fail "no failure"
for end in crashes hangs; do
    files=$run/cases/e2e.frames.${end}_in_a_stream/attempt-1/files/on-failure
    for words in 'opened: ws://' '< text fin, .* "{.*hello' '> text fin masked, 15 bytes "{"type":"ping"}"'; do
        grep -q "$words" "$files/ws-frames.txt" || fail "$end: not in the frames: $words"
    done
    grep -q '^> POST /v1/auth/login' "$files/http-exchanges.txt" || fail "$end: no exchange"
    grep -q '"password": *"[^*]' "$files/http-exchanges.txt" && fail "$end: a password"
done
is "artifacts" "on-failure/http-exchanges.txt on-failure/ws-frames.txt" \
    "$(query '[.[] | select(.type == "attempt.artifact") | .name] | unique | join(" ")')"
nothing_left
finish
