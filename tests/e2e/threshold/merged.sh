#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A merged run is judged by the samples of all of its shards, not by what each of them said.
# shellcheck source=../run/lib.sh
. "$(dirname "$0")/../run/lib.sh"
cd "$work" || exit 1

# shards THRESHOLD...: three, of twelve cases that take 100, 150 or 900 ms; then the merge of them.
shards() {
    rm -rf s1 s2 s3 merged
    shard_status=
    for i in 1 2 3; do
        muster run "$plugins/shop.so" -m timed --repeat 4 --shard $i/3 --out s$i "$@"
        shard_status="$shard_status$? "
    done
    muster merge s1/latest s2/latest/bundle.tar.zst s3/latest --out merged --history none
    status=$?
    log=merged/latest/events.jsonl
}

# The shards miss, the whole doesn't: 8 is not the worst of the shards.
shards --threshold 'mean(query.time) < 400 ms'
is "the merge" 0 "$status"
case $shard_status in
*8*) ;;
*) fail "no shard missed it: $shard_status" ;;
esac
is "the mean" "met 383 12" "$(query '.[] | select(.type == "run.threshold" and .statistic == "mean") | "\(.outcome) \(.value | floor) \(.samples)"')"
is "thresholds, each once" 7 "$(query 'map(select(.type == "run.threshold")) | length')"
is "durations of the shards" 3 "$(query '.[] | select(.type == "run.threshold" and .metric == "suite.duration") | .samples')"
says "  Thresholds 4 met"

# Each shard meets, the whole misses.
shards --threshold 'count(query.time) < 12'
is "the merge" 8 "$status"
is "its reason" "8 1 threshold was missed" "$(query '.[-1] | "\(.exit_status) \(.why)"')"
says "      MISSED count(query.time) < 12"
muster report merged/latest --format json
cmp -s "$work/console" merged/latest/results.json || fail "the report of the merged log is another"
shards --threshold 'count(query.time) < 12' --missed warn
is "the merge, with a warning" 0 "$status"

# What the shards were told has to be the same.
muster run "$plugins/shop.so" -m timed --repeat 4 --shard 1/3 --out other
muster merge other/latest s2/latest s3/latest --out merged2 --history none
is "different ones" 4 $?
complains "ran with different --threshold or --missed"
finish
