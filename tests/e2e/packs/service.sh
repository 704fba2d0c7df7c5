#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The reference platform as a service: started for the packs that use it, with a defect when that is asked for; a given
# one in its place.
. "$(dirname "$0")/../run/lib.sh"
bed_so=$plugins/bed.so
packs=$3

# testbeds: the processes of the run that are one.
testbeds() {
    for pid in $(grep -lsaF "MUSTER_RUN_ID=$(query '.[0].run_id')" /proc/[0-9]*/environ | cut -d/ -f3); do
        { tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q 'muster-testbed '; } 2>/dev/null && echo "$pid"
    done
}

muster run "$packs/audit.so" "$packs/provisioning.so" --out "$out" -j 4 -m "priority_p0 and not ui" || fail "two packs: status $?"
is "platforms" 1 "$(query 'map(select(.type == "fixture.started")) | length')"
is "skipped" 0 "$(query 'map(select(.type == "case.ended" and .verdict != "passed")) | length')"
grep -q '"password"' "$log" && fail "a key that is none"
nothing_left

muster run "$bed_so" --out "$out" e2e.bed.defects_are_arguments || fail "two platforms: status $?"
is "platforms" "testbed testbed(defect=validation-missing)" \
    "$(query '[.[] | select(.type == "fixture.started") | .fixture] | sort | join(" ")')"
nothing_left

[ ! -e "$run/cases/e2e.bed.defects_are_arguments/attempt-1/files" ] || fail "exchanges of a pass are kept"

# The last exchanges of what fails are evidence, without its secrets.
muster run "$bed_so" --out "$out" e2e.bed.fails_after_an_order && fail "a failure that is none"
last=files/on-failure/http-exchanges.txt
is "an artifact" "on-failure/http-exchanges.txt" "$(query '.[] | select(.type == "attempt.artifact") | .name')"
words=$(cat "$run/cases/e2e.bed.fails_after_an_order/attempt-1/$last")
for word in "> POST /v1/auth/login HTTP/1.1" "< HTTP/1.1 200" "> Authorization: \*\*\*" "> POST /v1/tenants HTTP/1.1" "< HTTP/1.1 4"; do
    printf '%s' "$words" | grep -q "^$word" || fail "not in the exchanges: $word"
done
printf '%s' "$words" | grep -qE 'Correct-horse|Bearer' && fail "a secret in the exchanges"

# So is what the platform logged while the attempt ran, and nothing from before.
words=$(query '.[] | select(.type == "attempt.service") | .output[]')
printf '%s' "$words" | grep -q ' POST /v1/tenants 4' || fail "the platform's log has no order: $words"
printf '%s' "$words" | grep -q ' GET /health ' && fail "the platform's log has what came before: $words"
says "testbed meanwhile"
is "the service's output in results.json" 1 "$(jq '[.. | .services? // empty | .[] | select(.fixture == "testbed")] | length' "$run/results.json")"
grep -q ' POST /v1/tenants 4' "$run/junit.xml" || fail "junit.xml has nothing of the platform's log"

# Above the cap a part of the log is in no file before the service ends.
muster run "$bed_so" --out "$out" --output-cap 100 e2e.bed.fails_after_an_order && fail "a failure that is none"
is "cut" true "$(query '.[] | select(.type == "attempt.service") | .cut')"
words=$(query '.[] | select(.type == "attempt.service") | .output[-1]')
printf '%s' "$words" | grep -q ' POST /v1/tenants 4' || fail "above the cap the log's end is: $words"
says "whose middle is cut):"

# One that dies under its user.
mkfifo "$work/fifo"
TMPDIR=$work/tmp "$bin/muster" run "$bed_so" --out "$out" --set fifo="$work/fifo" --containment reaper e2e.bed.waits \
    >"$work/console" 2>"$work/complaints" </dev/null &
runner=$!
exec 9>"$work/fifo"
is "platforms that run" 1 "$(testbeds | wc -l)"
kill -KILL "$(testbeds)"
ended 1
exec 9>&-
is "the reason" "service testbed died: muster-testbed was ended by SIGKILL" \
    "$(query '.[] | select(.type == "case.ended") | .reason')"
nothing_left

# The thresholds of the packs are measured, and one that is missed is no failure of a scenario, but of the run.
takes_an_hour() {
    muster run "$packs/provisioning.so" "$packs/lifecycle.so" --out "$out" -j 4 --timeout-factor 100 \
        -k 'sixteen_steps or scaling_keeps or restore_brings' "$@"
}
takes_an_hour || fail "thresholds of the packs: status $?"
is "thresholds" "performance.query performance.scaling performance.tenant_provisioning suite.duration" \
    "$(query '[.[] | select(.type == "run.threshold" and .outcome == "met") | .metric] | unique | join(" ")')"
for name in tenant_provisioning scaling query; do
    takes_an_hour --threshold "performance.$name < 1 us"
    is "status of a missed $name" 8 $?
    is "verdicts" passed "$(query '[.[] | select(.type == "case.ended") | .verdict] | unique | join(" ")')"
done
nothing_left

# A given one.
mkfifo "$work/life"
"$bin/muster-testbed" --stop-on-stdin-eof --port-file "$work/port" <"$work/life" >/dev/null &
runner=$!
exec 8>"$work/life"
until_ok [ -s "$work/port" ] || fail "there is no platform"
TMPDIR=$work/tmp "$bin/muster" run "$bed_so" --out "$out" --set fifo="$work/fifo" --set url="$(jq -r .url "$work/port")" \
    --set admin_user=admin --set admin_password="$(jq -r .admin_password "$work/port")" e2e.bed.waits \
    >"$work/console" 2>"$work/complaints" </dev/null &
runner=$!
exec 9>"$work/fifo"
is "platforms of the run" 0 "$(testbeds | wc -l)"
exec 9>&-
ended 0
exec 8>&-
wait
finish
