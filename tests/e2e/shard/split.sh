#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --shard: each case in exactly one part, the same part for run, list and --dry-run, by hash and by recorded time.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# covers WHAT N: the shards 1/N to N/N of the plain scenarios of both plugins are all of them, once.
covers() {
    expect 0 list -m plain "$work_so" "$more_so"
    grep -o '^  e2e[a-z_.0-9]*' "$work/console" | tr -d ' ' | sort >"$work/all"
    : >"$work/parts"
    i=1
    while [ "$i" -le "$2" ]; do
        expect 0 run -m plain "$work_so" "$more_so" --shard "$i/$2" --out "$out"
        planned "$run" | sort >"$work/ran"
        cat "$work/ran" >>"$work/parts"
        is "$1: the method" "$3" "$(query '.[0].shard_by')"
        is "$1: which shard" "$i/$2" "$(query '.[0] | "\(.shard)/\(.shards)"')"
        is "$1: the whole plan" 16 "$(query '.[0].plan_cases')"
        query '.[0].split' >>"$work/splits-$1"
        expect 0 list -m plain "$work_so" "$more_so" --shard "$i/$2"
        grep -o '^  e2e[a-z_.0-9]*' "$work/console" | tr -d ' ' | sort | diff - "$work/ran" ||
            fail "$1: list shows another shard $i/$2 than run has run"
        expect 0 run -m plain "$work_so" "$more_so" --shard "$i/$2" --dry-run
        grep '^e2e' "$work/console" | sort | diff - "$work/ran" || fail "$1: --dry-run shows another shard $i/$2"
        says "of 16 scenarios"
        # The order of the plugins is no part of it.
        expect 0 run -m plain "$more_so" "$work_so" --shard "$i/$2" --dry-run
        grep '^e2e' "$work/console" | sort | diff - "$work/ran" || fail "$1: the order of the plugins moves cases"
        i=$((i + 1))
    done
    sort "$work/parts" | diff - "$work/all" || fail "$1: the shards are not the whole"
    is "$1: fingerprints" 1 "$(sort -u "$work/splits-$1" | wc -l)"
}

covers hash 3 hash
[ ! -e .muster/history.db ] || fail "a shard writes the history, so that the next one is divided differently"

# With a history: the two long ones apart, and the shards about as long.
expect 0 run -m plain "$work_so" "$more_so" --out "$out"
[ -e .muster/history.db ] || fail "a whole run does not write the history"
# On a loaded machine anything may have taken long: what is recorded is made certain.
history .muster/history.db "UPDATE cases SET mean_ns = CASE WHEN id LIKE '%_ms' THEN 40000000 ELSE 1000000 END"
before=$(sha256sum .muster/history.db)
covers time 4 time
is "the history" "$before" "$(sha256sum .muster/history.db)"
for i in 1 2 3 4; do
    expect 0 list -m plain "$work_so" "$more_so" --shard $i/4
    is "long ones in shard $i" 1 "$(grep -c '_ms' "$work/console")"
done
says "by recorded time"
expect 0 list -m plain "$work_so" --shard 1/3 --history none
says "by hash"

# More shards than cases: those without any pass, and leave their evidence.
n=0
for i in 1 2 3 4 5; do
    expect 0 run "$work_so" e2e.parts.a_passes --shard $i/5 --out "$out" --history none
    expect 0 verify "$run/bundle.tar.zst"
    n=$((n + $(planned "$run" | wc -l)))
done
is "cases in all five" 1 $n
is "runs of five" 5 "$(cat "$out"/2*/events.jsonl | jq -s '[.[] | select(.type == "run.started" and .shards == 5)] | length')"
i=1
while muster run "$work_so" e2e.parts.a_passes --shard $i/5 --dry-run --history none && ! grep -q '0 of 1' "$work/console"; do
    i=$((i + 1))
done
expect 0 run "$work_so" e2e.parts.a_passes --shard $i/5 --out "$out" --history none
says "no scenario fell to this shard: nothing to do"
says "Starting 0 of 1 scenario "
# Nothing selected is nothing selected on every shard.
expect 5 run "$work_so" -m nowhere --shard 1/2 --out "$out"
expect 0 list "$work_so" e2e.parts.a_passes --shard $i/5 --history none

# Repetitions are cases, and are divided as such.
expect 0 run "$work_so" e2e.parts.a_passes --repeat 4 --shard 1/2 --dry-run --history none
one=$(grep -c '^e2e' "$work/console")
expect 0 run "$work_so" e2e.parts.a_passes --repeat 4 --shard 2/2 --dry-run --history none
is "repetitions" 4 $((one + $(grep -c '^e2e' "$work/console")))

# The seed has to be the same on all shards without anybody's doing.
expect 0 run "$work_so" e2e.parts.a_passes --shard 1/1 --out "$out"
is "the seed" 0 "$(query '.[0].seed')"
expect 0 run "$work_so" e2e.parts.a_passes --shard 1/1 --seed 7 --out "$out"
is "a seed that was given" 7 "$(query '.[0].seed')"

# auto: from the environment.
CI_NODE_INDEX=2 CI_NODE_TOTAL=3 expect 0 run "$work_so" -m plain --shard auto --out "$out"
is "GitLab's second" 2/3 "$(query '.[0] | "\(.shard)/\(.shards)"')"
says "Shard 2/3 by recorded time"
CIRCLE_NODE_INDEX=2 CIRCLE_NODE_TOTAL=3 expect 0 list "$work_so" -m plain --shard auto
says "shard 3/3"
JOB_COMPLETION_INDEX=0 expect 4 run "$work_so" --shard auto --out "$out"
complains "MUSTER_SHARD_TOTAL is not: Kubernetes does not set the number of pods"
expect 4 run "$work_so" --shard auto --out "$out"
complains "--shard auto: nothing says which shard this is"
for wrong in 0/3 4/3 3 x/y 1/0; do
    expect 4 run "$work_so" --shard $wrong --out "$out"
    complains "--shard $wrong"
    expect 4 list "$work_so" --shard $wrong
done
finish
