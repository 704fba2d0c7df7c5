#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --rerun failed: what failed, was not run or is new; and it comes to an end.
. "$(dirname "$0")/lib.sh"

run 1 -m plain -j 1 --max-fail 2 # e_passes is not run
first=$(query '.[0].run_id')
run 1 -m plain -j 1 --rerun failed
is "run again" "b_fails d_fails e_passes" "$(started)"
is "after" "$first" "$(query '.[0].rerun_of')"
says "Rerun of $first: 3 scenarios left, 2 done"

# What the first run had passed is done, though the latest one has not heard of it.
run 1 -m plain -j 1 --rerun failed
is "run again, again" "b_fails d_fails" "$(started)"
run 1 -m 'plain or skewed' -k 'b_fails or takes_50_1 or a_passes' -j 1 --rerun failed
is "of more than those runs had selected" "b_fails" "$(started)"

touch "$dir/mend"
run 0 -m plain -j 1 --rerun failed
is "mended" "b_fails d_fails" "$(started)"
last=$(query '.[0].run_id')
run 0 -m plain --rerun failed
says "Rerun of $last: 0 scenarios left, 5 done"
is "no run for nothing" "$last" "$(query '.[0].run_id')"

# A run by its name, its folder, its bundle; and one whose runner was killed.
run 0 -m plain -j 1 --rerun "failed:$first" --dry-run
is "of the first" 3 "$(grep -c '^e2e' "$work/console")"
run 0 -m plain -j 1 --rerun "failed:$out/$first/bundle.tar.zst" --dry-run
is "of its bundle" 3 "$(grep -c '^e2e' "$work/console")"
run 0 -m plain -j 1 --rerun "$out/$first/bundle.tar.zst" --dry-run
is "of its bundle, by its path alone" 3 "$(grep -c '^e2e' "$work/console")"
run 0 -m plain -j 1 --rerun latest --dry-run
run 4 -m plain -j 1 --rerun latst --dry-run
mkdir "$out/cut"
head -n 10 "$out/$first/events.jsonl" >"$out/cut/events.jsonl" # a_passes has ended, nothing else
run 0 -m plain -j 1 --rerun failed:cut --dry-run
is "of a cut log" 4 "$(grep -c '^e2e' "$work/console")"

complains "the log of run $first ends before the run did"
mkdir "$out/unended"
sed '$d' "$out/$last/events.jsonl" >"$out/unended/events.jsonl"
run 0 -m plain --rerun failed:unended
complains "the log of run $last ends before the run did"
run 0 -m plain --rerun failed
grep -q "ends before" "$work/complaints" && fail "a whole log is said to be cut"

rm -rf "${out:?}/$first"
run 0 -m plain -j 1 --rerun "failed:$last" --dry-run
complains "is gone"
is "of a chain with a link missing" 2 "$(grep -c '^e2e' "$work/console")"

# One of several repetitions that failed is a failure, whatever the last one did.
rm "$dir/mend"
run 1 e2e.sched.fails_at_first -j 1 --repeat 2
verdict 'fails_at_first[repeat=2]' passed
run 0 e2e.sched.fails_at_first --rerun failed --dry-run
is "of repetitions" 1 "$(grep -c '^e2e' "$work/console")"

# The last line of a run that failed is the command that runs just that.
rm -f "$dir/mend"
run 1 -m plain -j 1
command=$(sed -n 's/^ *Rerun muster //p' "$work/console")
case $command in
"run "*" -m plain -j 1"*" --rerun $out/"*) ;;
*) fail "no command for what failed: $command" ;;
esac
owed=$(query '[.[] | select(.type == "case.ended" and .verdict == "failed")] | length')
eval "muster $command --dry-run" || fail "the command is refused: $(cat "$work/complaints")"
is "what the command runs" "$owed" "$(grep -c '^e2e' "$work/console")"

run 4 --rerun failed:nowhere
complains "--rerun: nowhere: no such file, and no run below $out begins so"
run 4 --rerun passed
complains "--rerun passed: it takes failed, failed:RUN, latest or the path of a run"
finish
