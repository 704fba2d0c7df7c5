#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs one hostile plugin together with an innocent one and holds the run's event log against expected/GROUP.tsv;
# then proves that nothing of the run is left.
#
#     attempts.sh BIN PLUGINS GROUP RUNG [USER]
#
# BIN has muster and its helpers, PLUGINS hostile-GROUP.so. RUNG is a containment (cgroup, pidns, reaper); with USER
# the run belongs to that user. Where the machine does not offer the rung, the test is skipped (status 77).
here=$(dirname "$0")
# shellcheck disable=SC2034 # lib.sh reads them
bin=$1 plugins=$2 group=$3 rung=$4 user=${5:-}
# shellcheck source=tests/hostile/lib.sh
. "$here/lib.sh"

# One row of the table: scenario, verdict, a pattern for the reason, a jq condition on the case's events.
check_case() {
    events=$(jq -c --arg case "hostile.$group.$1" 'select(.case == $case)' "$log")
    verdict=$(printf '%s\n' "$events" | jq -r 'select(.type == "case.ended") | .verdict')
    reason=$(printf '%s\n' "$events" | jq -r 'select(.type == "attempt.ended") | .reason')
    case "|$2|" in
    *"|$verdict|"*) ;;
    *) fail "$1: verdict '$verdict', expected '$2' (reason: $reason)" ;;
    esac
    printf '%s\n' "$reason" | grep -Eq -e "$3" || fail "$1: reason '$reason' does not match '$3'"
    [ -z "$4" ] || printf '%s\n' "$events" | jq -es "$4" >/dev/null || fail "$1: not so: $4
$events"
}

# A verdict's column may depend on the rung ("pidns:passed reaper:error"); an alternative is written a|b.
check_table() {
    seen=0
    while IFS="$tab" read -r name verdict reason condition; do
        case $name in '' | '#'*) continue ;; esac
        for choice in $verdict; do
            case $choice in
            "$rung":*) verdict=${choice#*:} ;;
            esac
        done
        seen=$((seen + 1))
        check_case "$name" "${verdict%% *}" "${reason:-}" "${condition:-}"
    done <"$here/expected/$group.tsv"
    planned=$(jq -r 'select(.type == "case.planned" and (.case | test("^hostile\\.'"$group"'\\.")) and
        (.case | test("bystander") | not)) | .case' "$log" | wc -l)
    [ "$seen" -eq "$planned" ] || fail "the table has $seen scenarios, the plugin $planned"
}

prepare
cp "$plugins/hostile-$group.so" "$work/plugins/"
run_muster
check_ends_well
check_bystanders 4
check_table
check_nothing_remains
report
