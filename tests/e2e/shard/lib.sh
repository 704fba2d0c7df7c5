# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# The tests of sharding ask as the tests of `muster run` do, over plugins of their own.
. "$(dirname "$0")/../run/lib.sh"
unset MUSTER_SHARD_INDEX MUSTER_SHARD_TOTAL CI_NODE_INDEX CI_NODE_TOTAL CIRCLE_NODE_INDEX CIRCLE_NODE_TOTAL \
    BUILDKITE_PARALLEL_JOB BUILDKITE_PARALLEL_JOB_COUNT BITBUCKET_PARALLEL_STEP BITBUCKET_PARALLEL_STEP_COUNT \
    SEMAPHORE_JOB_INDEX SEMAPHORE_JOB_COUNT SLURM_ARRAY_TASK_ID JOB_COMPLETION_INDEX
work_so=$plugins/parts.so
more_so=$plugins/more.so
cd "$work" || exit 1

# log_query LOG FILTER: of its events, as a list; raw output.
log_query() {
    jq -rs "$2" "$1"
}

# planned RUN: its cases, one a line.
planned() {
    log_query "$1/events.jsonl" '.[] | select(.type == "case.planned") | .case'
}

# expect STATUS ARGUMENT...: muster with the arguments, and the status that it must have.
expect() {
    want=$1
    shift
    muster "$@"
    status=$?
    [ "$status" -eq "$want" ] || fail "muster $*: status $status, not $want: $(cat "$work/complaints")"
}

# history FILE SQL: what it answers, a row a line.
history() {
    python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as file:
    for row in file.execute(sys.argv[2]):
        print(*row, sep="|")' "$1" "$2"
}
