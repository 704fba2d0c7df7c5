#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ends a runner from outside while two scenarios are under way that would stay for ever, each with a daemon.
#
#     ended.sh BIN PLUGINS SIGNAL RUNG [USER]
#
# TERM and INT: the log is complete, says that the run was interrupted, and nothing is left. KILL: the runner can do
# nothing more, and still no process is left; files and the log's end may be.
here=$(dirname "$0")
# shellcheck disable=SC2034 # lib.sh reads them
bin=$1 plugins=$2 signal=$3 rung=$4 user=${5:-}
# shellcheck source=tests/hostile/lib.sh
. "$here/lib.sh"

# Waits until both scenarios are under way.
wait_for_scenarios() {
    for _ in 1 2; do
        timeout 60 sh -c 'read -r line <&9' || fail "a scenario did not begin"
    done
    exec 9<&-
}

prepare
run_muster # which skips the test where the rung can't be had: nothing would begin, and nobody say so
cp "$plugins/hostile-linger.so" "$work/plugins/"
rm "$work/plugins/hostile-innocent.so"
start_muster -j 2 --grace 300ms --set fifo="$work/fifo"
wait_for_scenarios
status=unknown
find_log
end_muster "$signal"
if [ "$signal" = KILL ]; then
    wait_for_survivors
    check_no_process
else
    check_nothing_remains
    last=$(tail -n 1 "$log")
    printf '%s\n' "$last" | jq -e '.type == "run.ended" and .interrupted' >/dev/null || fail "the log ends with $last"
    [ "$status" -eq 2 ] || fail "exit status $status, expected 2 (interrupted)"
fi
report
