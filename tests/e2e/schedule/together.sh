#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who runs with whom: locks, groups, weights, serial; and in which order.
. "$(dirname "$0")/lib.sh"

# most REGEX: the largest number of attempts of such scenarios at a time; with_serial: of others beside `serial`.
most() {
    query "[.[] | select(.type == \"attempt.started\" or .type == \"attempt.ended\")
        | select(.case | test(\"$1\")) | if .type == \"attempt.started\" then 1 else -1 end] as \$d
        | reduce \$d[] as \$x ({n: 0, most: 0}; .n += \$x | .most = ([.most, .n] | max)) | .most"
}

run 0 -m together -j 4 --set meet=4
is "together with a lock" 1 "$(most 'lock_')"
is "together in a group of 2" 2 "$(most 'group_')"
is "at all" 4 "$(most '[.]')"
is "begun last" serial "$(started | tr ' ' '\n' | tail -n 1)"
is "beside serial" true "$(query '(map(.type == "attempt.started" and .case == "e2e.sched.serial") | index(true)) as $at
    | ([.[:$at][] | select(.type == "attempt.started")] | length) == ([.[:$at][] | select(.type == "attempt.ended")] | length)')"
is "slots, the lowest first" "0 1 2 3" "$(query '[.[] | select(.type == "attempt.started") | .slot][:4] | join(" ")')"
is "beside heavy at most one" true "$(query '(map(.type == "attempt.started" and .case == "e2e.sched.heavy") | index(true)) as $at
    | ([.[:$at][] | select(.type == "attempt.started")] | length) <= 1 + ([.[:$at][] | select(.type == "attempt.ended")] | length)')"

# The order, and the same again with its seed.
run 0 -m together -j 1 --order random --seed 5
first=$(started)
is "the seed" 5 "$(query '.[0].seed')"
run 0 -m together -j 1 --order random --seed 5
is "again" "$first" "$(started)"
run 0 -m together -j 1 --order random --seed 6
[ "$first" != "$(started)" ] || fail "another seed gives the same order"
run 0 -m together -j 1
is "the plan of a random run is that of the sources" "$(query '[.[] | select(.type == "case.planned") | .case] | join(" ")')" \
    "$(jq -rs '[.[] | select(.type == "case.planned") | .case] | join(" ")' "$out"/*/events.jsonl | tr ' ' '\n' | sed -n 1,11p | tr '\n' ' ' | sed 's/ $//')"

run 0 -m together --order random --seed 5 --dry-run
is "the plan" "$first" "$(grep -o '^e2e[^ ]*' "$work/console" | sed 's/e2e.sched.//' | tr '\n' ' ' | sed 's/ $//')"
says 'e2e.sched.lock_1  [lock("db")]'

muster run "$plugins/mistaken.so" --out "$out"
is "status with a group of 0" 4 $?
complains 'e2e.mistaken.bad_group: marker group("api", max=0): max is a whole number'
run 4 --order backwards
finish
