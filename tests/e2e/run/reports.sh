#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every report can be made again: from the folder, the log's path, the bundle, and what a killed run left.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# same FORMAT FILE FROM: the report equals the run's own, byte for byte.
same() {
    muster report --format "$1" "$3" || fail "report --format $1 $3: status $?"
    cmp "$2" "$work/console" || fail "$1 from $3 differs"
}

run 1 e2e.work.passes e2e.work.fails e2e.work.recovers_by_marker e2e.work.aborts e2e.work.skips e2e.work.attaches \
    e2e.work.waits_by_marker
for from in "$run" "$run/events.jsonl" "$run/bundle.tar.zst"; do
    same junit "$run/junit.xml" "$from"
    same json "$run/results.json" "$from"
    same html "$run/report.html" "$from"
done
for format in human tap; do
    muster report --format $format "$run" || fail "no $format report"
    cp "$work/console" "$work/$format"
    same $format "$work/$format" "$run/bundle.tar.zst"
done

# From nothing but the log.
run 1 e2e.work.passes e2e.work.fails e2e.work.aborts --artifacts=never
mkdir "$work/log-alone"
cp "$log" "$work/log-alone/"
same junit "$run/junit.xml" "$work/log-alone"
same json "$run/results.json" "$work/log-alone"
same html "$run/report.html" "$work/log-alone"

# The runner is killed while a scenario runs.
mkfifo "$dir/alive"
start e2e.work.passes e2e.work.holds e2e.work.skips -j 1
exec 3<"$dir/alive"
read -r word <&3
is "the scenario" ready "$word"
# The log may be two milliseconds behind: it has the first end by now, or in a moment.
until_ok grep -q '"case.ended"' "$run/events.jsonl"
kill -9 "$runner"
wait "$runner" 2>/dev/null
runner=
is "nobody holds on" "" "$(cat <&3)"
exec 3<&-
muster report --format junit "$run" || fail "no report of a killed run"
xmllint --noout "$work/console" || fail "its junit.xml is not well-formed"
is "testcases, and what says that there is no end" 4 "$(grep -c '<testcase' "$work/console")"
is "the end" "the log ends before the run did" "$(xmllint --xpath 'string(//testsuite[@name="the run"]//error/@message)' "$work/console")"
is "of them, not run to their end" 2 "$(grep -c '<skipped' "$work/console")"
muster report --format json "$run" || fail "no report of a killed run"
jq -e . "$work/console" >/dev/null || fail "its JSON is none"
muster report --format html "$run" || fail "no page of a killed run"
muster verify "$run" && fail "the log of a killed run passes for a whole one"
complains "cut off"
is "the ledger remembers" "defer" "$(jq -rs 'map(.op) | join(" ")' "$run/ledger.jsonl")"

# Cut in the middle of a line, as by a power failure: said, and still a report.
truncate -s -20 "$run/events.jsonl"
muster report --format junit "$run" || fail "no report from a cut log"
complains "in the middle of a line"
# Where somebody wants it, it is for others too, as far as the umask says; what the run keeps is not.
umask 022
run 0 e2e.work.passes --junit "$work/for-ci.xml"
is "the mode of --junit FILE" 644 "$(stat -c %a "$work/for-ci.xml")"
is "the mode of the run's own" 600 "$(stat -c %a "$run/junit.xml")"
umask 077
run 0 e2e.work.passes --junit "$work/for-me.xml"
is "the mode with a umask of 077" 600 "$(stat -c %a "$work/for-me.xml")"
finish
