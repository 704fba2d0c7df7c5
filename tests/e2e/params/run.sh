#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Cases get their values: as arguments of every type, and by name.
# shellcheck source=tests/e2e/params/lib.sh
. "$(dirname "$0")/lib.sh"

run 1
is "cases" 16 "$(query '[.[] | select(.type == "case.planned")] | length')"
is "verdicts" "failed flaky passed" "$(query '[.[] | select(.type == "case.ended").verdict] | unique | join(" ")')"

is "first" "plan=pro seats=1 trial=0" "$(output 'refund[plan=pro,seats=1]')"
is "escaped" "plan=a b seats=10 trial=0" "$(output 'refund[plan=a%2520b,seats=10]')"
is "extension" "color=red" "$(output by_name)"
is "plain" passed "$(query '.[] | select(.type == "case.ended" and .case == "e2e.params.plain").verdict')"

least=$(find "$run/cases" -name 'e2e.params.types*least*' -exec cat '{}/attempt-1/stdout.log' \;)
is "least" "-2147483648 -9223372036854775808 0 -0x1.8p+0 0 least [1, 2]" "$least"
most=$(find "$run/cases" -name 'e2e.params.types*most*' -exec cat '{}/attempt-1/stdout.log' \;)
is "most" '2147483647 9223372036854775807 18446744073709551615 0x1.1ccf385ebc8ap+1023 1 most {"a": null}' "$most"

# Retries are of cases.
for n in 1:passed:1 2:flaky:2 3:failed:2; do
    id=e2e.params.flaky[n=${n%%:*}]
    is "$id" "${n#*:}" "$(query ".[] | select(.type == \"case.ended\" and .case == \"$id\") | \"\(.verdict):\(.attempts)\"")"
done

# The log and every report have them.
first='e2e.params.refund[plan=pro,seats=1]'
is "log" "plan=pro seats=1 trial=false" \
    "$(query ".[] | select(.type == \"case.planned\" and .case == \"$first\").params | join(\" \")")"
is "a scenario without" 0 "$(query '.[] | select(.type == "case.planned" and .scenario == "plain").params | length')"
is "results.json" '{"plan":"pro","seats":"1","trial":"false"}' \
    "$(jq -c ".testRun.scenarios[] | select(.id == \"$first\").params" "$run/results.json")"
muster report --format junit --junit-family full "$run"; grep -qF '<property name="param" value="plan=a b"/>' "$work/console" || fail "junit.xml has no parameters"
grep -qF 'name="refund[plan=pro,seats=1]"' "$run/junit.xml" || fail "junit.xml has no case"

# What failed runs again, and that alone.
run 1 --rerun failed
is "rerun" "e2e.params.flaky[n=3]" "$(query '[.[] | select(.type == "case.planned").case] | join(" ")')"

one='e2e.params.refund[plan=pro,seats=1]'
run 0 "$one" --repeat 2
is "repeated" "plan=pro seats=1 trial=0" "$(output 'refund[plan=pro,seats=1][repeat=2]')"
run 0 "$one" --rerun failed
says "0 scenarios left, 1 done"
nothing_left

# A plugin that every attempt loads anew.
work_so=$plugins/fresh.so
run 0 e2e.params.refund e2e.params.by_name
is "fresh" "plan=a b seats=10 trial=0" "$(output 'refund[plan=a%2520b,seats=10]')"
is "fresh, by name" "color=red" "$(output by_name)"

finish
