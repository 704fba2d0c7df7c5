#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A verdict of a timeout comes within 50 ms after the deadline, and after the grace where SIGTERM is not enough. That holds
# on an idle machine; on any other, of several attempts the quickest shows what the runner itself needs.
#
#     latency.sh BIN PLUGINS RUNG [USER]
here=$(dirname "$0")
# shellcheck disable=SC2034 # lib.sh reads them
bin=$1 plugins=$2 rung=$3 user=${4:-}
# shellcheck source=tests/hostile/lib.sh
. "$here/lib.sh"

GRACE_MS=100 MOST_MS=50 ATTEMPTS=5

# late SCENARIO GRACE-MS: what its quickest attempt took beyond its budget and the grace.
late() {
    ms=$(jq -rs --arg scenario "hostile.hang.$1" --argjson grace "$2" '
        map(select((.case // "") | startswith($scenario + "[")))
        | (map(select(.type == "attempt.timeout")) | map({key: .case, value: .budget_ns}) | from_entries) as $budget
        | map(select(.type == "attempt.ended") | (.duration_ns - $budget[.case]) / 1000000 - $grace)
        | sort | "\(length) \(first)"' "$log")
    echo "$1: quickest of $ms ms after its time"
    [ "${ms% *}" = "$ATTEMPTS" ] || fail "$1: ${ms% *} attempts, not $ATTEMPTS"
    jq -en --argjson ms "${ms#* }" --argjson most "$MOST_MS" '$ms >= 0 and $ms < $most' >/dev/null ||
        fail "$1: ${ms#* } ms after its time, not 0 to $MOST_MS"
}

prepare
cp "$plugins/hostile-hang.so" "$work/plugins/"
(exec_muster -j 1 --grace "${GRACE_MS}ms" --repeat "$ATTEMPTS" hostile.hang.deadlocks hostile.hang.stops_itself \
    hostile.hang.ignores_termination hostile.hang.spins_with_signals_blocked)
status=$?
find_log
check_ends_well
late deadlocks 0
late stops_itself 0
late ignores_termination "$GRACE_MS"
late spins_with_signals_blocked "$GRACE_MS"
check_nothing_remains
report
