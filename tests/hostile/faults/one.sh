#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# one.sh BIN PLUGIN FOLDER FAULT: a run with one fault (fault-run tells what one is), in a folder below FOLDER that stays when
# the run was not what it must be; a line for each thing that is wrong, and the last one with the site.
set -u
bin=$1
plugin=$2
fault=$4
work=$3/$fault
failures=0
planned=8
mkdir -p "$work/tmp" || exit 1

fail() {
    failures=$((failures + 1))
    echo "$fault: $*"
}

# Statuses that say how the scenarios fared: the evidence must be whole then, and mean the same.
check_evidence() {
    for run in "$work"/out/2*; do :; done # the link `latest` may be what could not be made
    log=$run/events.jsonl
    told=$(tail -n 1 "$log" 2>/dev/null | jq -r 'select(.type == "run.ended") | "\(.exit_status) \(.not_run)"')
    [ "$told" = "$status 0" ] || fail "status $status, and the log ends with \"$told\""
    ended=$(jq -rs '[.[] | select(.type == "case.ended")] | length' "$log")
    [ "$ended" = "$planned" ] || fail "status $status, and $ended of $planned scenarios ended"
    "$bin/muster" verify "$run/bundle.tar.zst" >"$work/verified" 2>&1 ||
        fail "status $status, and its bundle is not good: $(tail -n 1 "$work/verified")"
    for report in junit.xml results.json report.html; do
        [ -s "$run/$report" ] || fail "status $status without $report"
    done
    silent=$(jq -rs '[.[] | select(.type == "case.ended" and .verdict != "passed" and .verdict != "flaky" and (.reason // "") == "") | .case] | join(" ")' "$log")
    [ -z "$silent" ] || fail "without a reason: $silent"
}

# Two scenarios or more of this run are bad: it can't end with 0.
check_status() {
    case $status in
    100) fail "it hangs" ;;
    101) fail "processes are left: $(sed -n 's/^left //p' "$work/report" | tr '\n' ',')" ;;
    1 | 7) check_evidence ;;
    3) grep -q '^muster: ' "$work/complaints" || fail "status 3, and not a line on standard error that says why" ;;
    6) grep -q refused "$work/console" "$work/complaints" || fail "status 6, and nothing was refused" ;;
    *) fail "status $status: $(tail -n 1 "$work/complaints")" ;;
    esac
}

# What a runner that could not go on has left is `muster cleanup`'s to remove.
check_rest() {
    [ -n "$(find "$work/tmp" -mindepth 1 | head -n 1)" ] || return 0
    TMPDIR=$work/tmp "$bin/muster" cleanup --all --out "$work/out" >"$work/cleaned" 2>&1 ||
        fail "status $status; cleanup --all ended with $?: $(tail -n 1 "$work/cleaned")"
    left=$(find "$work/tmp" -mindepth 1 | head -n 3 | tr '\n' ' ')
    [ -z "$left" ] || fail "status $status; what cleanup --all does not remove: $left"
}

TMPDIR=$work/tmp "$bin/fault-run" --fault "$fault" --report "$work/report" --limit "${limit:-60}" \
    "$bin/muster" run "$plugin" --out "$work/out" -j 2 --containment "${rung:-reaper}" --history none \
    >"$work/console" 2>"$work/complaints" </dev/null
status=$?
check_status
check_rest
grep -q unreached "$work/report" && echo "$fault" >>"$3/../unreached"
[ "$failures" -gt 0 ] || rm -rf "$work"
[ "$failures" -eq 0 ]
