#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The kit load, against a real server that fails, resets connections and is late.
. "$(dirname "$0")/../run/lib.sh"
plugin=e2e.loads
work_so=$plugins/loads.so
run 1 -j 2

# result CASE FILTER: of what the load has left.
result() {
    jq -r "$2" "$run/cases/$plugin.$1/attempt-1/files/load-"*.json
}

# fails SCENARIO WORDS: at the line that is marked with its name.
fails() {
    line=$(grep -n "/\* $1 \*/" "$(dirname "$0")/plugins/loads.c" | cut -d: -f1)
    verdict "$1" failed
    at=$(query "[.[] | select(.type == \"attempt.check\" and .case == \"$plugin.$1\")][0] | \"\(.line) \(.message)\"")
    case $at in
    "$line "*"$2"*) ;;
    *) fail "$1 does not say \"$2\" at line $line: $at" ;;
    esac
}

verdict nothing_fails passed
is "statuses" '{"200":30}' "$(result nothing_fails '.statuses | map_values(if . >= 30 then 30 else . end) | tostring')"
is "a failure" 0 "$(result nothing_fails .failed)"
is "the threshold" met "$(query '.[] | select(.type == "run.threshold") | .outcome')"
is "its samples are ordered" true "$(result nothing_fails '.latency_ms | .min <= .p50 and .p50 <= .p95 and .p95 <= .max')"
is "what was counted" true "$(result nothing_fails '([.latency_ms.histogram[][1]] | add) == .done + .failed + .unsent')"

fails is_refused_for_a_while ' failed; the first, after '
is "refused, and not before or after" "200 503" "$(result is_refused_for_a_while '.statuses | keys | join(" ")')"
is "reasons" status "$(result is_refused_for_a_while '.reasons | keys | join(" ")')"
is "failures have their time" true "$(result is_refused_for_a_while '[.failures[].at_ms] | length >= 10 and min > 0')"

fails is_cut_off 'status 0, '
is "statuses of resets" 0 "$(result is_cut_off '.statuses | keys | join(" ")')"
verdict is_late passed

verdict is_left passed
is "the log of a load that nobody ended" 1 "$(query ".[] | select(.type == \"attempt.log\" and .level == \"warning\" and .case == \"$plugin.is_left\") | .text" |
    grep -c 'load left: .* requests failed, and nobody ended it to see')"
fails fails_on_a_clients_thread ''
nothing_left
finish
