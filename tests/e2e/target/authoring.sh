#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Test data, bounds and load in scenarios written as data, by the plugin that ships: authoring.sh BIN PLUGINS DATA
set -eu
programs=$1 muster=$1/muster shipped=$2 data=$3
. "$(dirname "$0")/lib.sh"
cp "$data/authoring.yaml" .

# passes STATUS CASE ARGUMENT...
passes() {
    wanted=$1 only=$2
    shift 2
    run "$wanted" authoring.yaml "authoring.$only" --set "testbed=$programs/muster-testbed" "$@"
}

passes 0 made_up
# The same seed makes the same, another one another thing.
passes 1 same_again --seed 5 --pass-env TAG
TAG=$(sed -n 's/.*actual: "\(t1-[0-9]*\)"$/\1/p' said | head -n 1)
export TAG
passes 0 same_again --seed 5 --pass-env TAG
passes 1 same_again --seed 6 --pass-env TAG
passes 1 no_rule
has said 'make: no rule: {"from":1,"numbr":"seats","to":5}. It is {unique: NAME'
passes 1 no_such_field
has said 'MAKE(plan): there is no field seets'

passes 0 within_bounds
jq -r 'select(.type == "attempt.metric").name' out/latest/events.jsonl >metrics
has metrics performance.tenant_made
has metrics load.traffic.p99
has metrics load.pages.sent
jq -r 'select(.type == "attempt.threshold").threshold' out/latest/events.jsonl >thresholds
has thresholds 'max(performance.tenant_made) <= 60000 ms'
passes 1 in_vain
has said 'lost: every request was done'
passes 0 counted_alone
passes 1 too_slow
has said 'slow: time <= '
passes 8 missed
SHELL_PID=$$
export SHELL_PID
passes 1 too_large --pass-env SHELL_PID
has said 'large: rss <= 1'
passes 1 never_begun
has said 'performance_end: nothing of the name nothing is open'
exit $fails
