#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --output-cap: the beginning and the end are kept, the middle is cut, and both log and file say so.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

run 0 e2e.work.floods
stdout=$run/cases/e2e.work.floods/attempt-1/stdout.log
is "all of it" 1000009 "$(stat -c %s "$stdout")"
is "not cut" "false 1000009" "$(query '.[] | select(.type == "attempt.ended") | "\(.output_cut) \(.stdout_bytes)"')"

run 0 e2e.work.floods --output-cap 200k
is "cut" "true 1000009" "$(query '.[] | select(.type == "attempt.ended") | "\(.output_cut) \(.stdout_bytes)"')"
is "its beginning" BEGIN "$(head -n 1 "$stdout")"
is "its end" END "$(tail -c 3 "$stdout")"
is "what it says" "[muster: $((1000009 - 204800)) bytes cut here]" "$(grep -a '^\[muster: ' "$stdout")"
[ "$(stat -c %s "$stdout")" -lt 205000 ] || fail "the file is larger than the cap"
is "in results.json" true "$(jq '.. | objects | select(has("outputCut")) | .outputCut' "$run/results.json" | head -n 1)"
nothing_left

# Whatever it is, it is kept as it was, and no report hands it on.
run 1 e2e.work.prints_poison
printf '\033]0;owned\007\033[2J\r\n\000\377\300\200 ]]> </script> & end' >"$work/poison"
for name in stdout stderr; do
    cmp "$work/poison" "$run/cases/e2e.work.prints_poison/attempt-1/$name.log" || fail "$name is not what was printed"
done
cp "$work/console" "$work/report.console"
for format in human junit json tap; do
    muster report "$run" --format $format || fail "no $format report"
    cp "$work/console" "$work/report.$format"
done
cp "$log" "$work/report.log"
for report in "$work"/report.*; do
    is "control characters in ${report##*/}" 0 "$(LC_ALL=C tr -d '\n\t -~\200-\377' <"$report" | wc -c)"
    iconv -f UTF-8 -t UTF-8 "$report" >/dev/null || fail "${report##*/} is not UTF-8"
done
xmllint --noout "$work/report.junit" || fail "junit.xml is not well-formed"
jq -e . "$work/report.json" >/dev/null || fail "results.json is none"
grep -qF 'owned\x07\x1b[2J' "$work/report.human" || fail "the human report does not show it"

# Output that can't be written is no evidence of a pass. SIGXFSZ is ignored, so that writing fails instead.
(
    trap '' XFSZ
    ulimit -f 1500 # of 512 bytes
    muster run "$work_so" e2e.work.floods e2e.work.fails --out "$out" --set dir="$dir"
    echo $? >"$work/status"
)
is "the status" 1 "$(cat "$work/status")"
verdict floods error
is "the reason" "writing stdout.log: File too large" \
    "$(query '.[] | select(.type == "case.ended" and .case == "e2e.work.floods") | .reason')"
verdict fails failed
# --log-checks: those that passed stand in the log, too, where they are.
passed() {
    query '.[] | select(.type == "attempt.log" and (.text | startswith("passed: "))) | "\(.case) \(.level) \(.file):\(.line) \(.text)"'
}
run 1 --log-checks e2e.work.passes e2e.work.fails
line=$(grep -n -A 2 'SCENARIO(passes,' "$(dirname "$0")/plugins/work.c" | sed -n '3s/-.*//p')
is "the check that passed" "e2e.work.passes debug tests/e2e/run/plugins/work.c:$line passed: 1" "$(passed)"
run 1 e2e.work.passes e2e.work.fails
is "checks that passed, unasked" "" "$(passed)"
finish
