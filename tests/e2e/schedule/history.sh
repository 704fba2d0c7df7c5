#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is remembered from run to run, and what it is good for: the long ones first, the failed ones first.
. "$(dirname "$0")/lib.sh"

run 0 -m skewed -j 2
[ -f .muster/history.db ] || fail "no .muster/history.db"
recorded=$(query '[.[] | select(.type == "attempt.ended")] | sort_by(-.duration_ns) | map(.case | ltrimstr("e2e.sched.")) | join(" ")')
# The whole order, as it was planned: what begins in two slots at the same moment may be seen in either order.
run 0 -m skewed --dry-run --order longest
planned=$(grep -o '^e2e[^ ]*' "$work/console" | sed 's/e2e.sched.//' | tr '\n' ' ')
is "each after those that had taken longer, however busy the machine was" "$recorded" "${planned% }"
run 0 -m skewed -j 2 --order longest
is "the longest first" "takes_600 takes_400 takes_200" "$(started | cut -d' ' -f1-3)"
is "the shortest last" "takes_50" "$(started | tr ' ' '\n' | tail -n 1 | cut -c1-8)"

run 1 -m plain -j 1
run 1 -m plain -j 1 --order failed-first
is "the failed first" "b_fails d_fails a_passes c_passes e_passes" "$(started)"
run 1 -m plain -j 1
is "by default as in the sources" "a_passes b_fails c_passes d_fails e_passes" "$(started)"

# It is never needed.
rm -rf .muster
run 0 -m skewed --dry-run --order longest
is "with nothing remembered" takes_50_1 "$(grep -o '^e2e[^ ]*' "$work/console" | head -n 1 | sed 's/e2e.sched.//')"
[ ! -e .muster ] || fail "--dry-run made a history"
run 1 -m plain --history none
[ ! -e .muster ] || fail "--history none made one"
echo "this is no database, whatever its name says" >not.db
run 1 -m plain --history not.db --order longest
complains "warning: history: not.db: "
is "warnings" 2 "$(grep -c history "$work/complaints")"
run 0 -m skewed -j 2 --order longest --history not.db/history.db
complains "warning: history: not.db/history.db: Not a directory"
run 1 -m plain --history not.db/history.db
complains "warning: history: making the folder not.db"
finish
