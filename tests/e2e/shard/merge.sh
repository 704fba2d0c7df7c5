#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# muster merge: what the shards left becomes, but for times and names, what a run without shards leaves.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# What differs between two runs of the same: times, names of runs, machines and threads, slots, what a process used.
threads() {
    sed -E 's/thread [0-9]+ /thread N /'
}
same_results() {
    jq 'del(.testRun | .id, .timestamp, .duration, .durationMs, .command, .host, .jobs, .summary.exitReason)
        | del(.testRun.scenarios[] | .duration, .durationMs)
        | del(.testRun.scenarios[].attempts[] | .duration, .durationMs, .startedMs, .slot, .cpuUserMs, .cpuSystemMs, .maxRssKb)
        | del(.testRun.scenarios[].attempts[].steps[]? | .duration, .durationMs)' \
        "$1/results.json" | threads
}
same_junit() {
    sed -E 's/ (time|timestamp|id|hostname)="[^"]*"//g; s/(name="muster.run" value=")[^"]*/\1/; s/\[ *[0-9.]+s\]/[]/' "$1/junit.xml" | threads
}
same_tap() {
    "$bin/muster" report --format tap "$1" | sed -E 's/duration_ms: .*/duration_ms/'
}
# The events of each case, case by case; and the rest.
same_events() {
    jq -cs 'def plain: del(.v, .seq, .t, .prev, .slot, .duration_ns, .cpu_user_us, .cpu_system_us, .max_rss_kb,
                           .read_bytes, .written_bytes, .shard, .shards, .shard_by, .split, .merged, .run_id, .host, .why,
                           .started_at, .command, .jobs);
            (map(select(has("case")) | plain) | group_by(.case)[][]), (map(select(has("case") | not) | plain)[]),
            (map(select(.type == "case.planned") | .case))' "$1/events.jsonl" | threads
}
same_ledger() {
    jq -cs 'map(select(.op == "defer") | {case, attempt, cleanup, payload}) | sort' "$1/ledger.jsonl"
    jq -cs 'map(select(.op == "done")) | length, (map(select(.op == "failed")) | length)' "$1/ledger.jsonl"
}

# equal WHAT RUN RUN
equal() {
    for view in same_results same_junit same_tap same_events same_ledger; do
        $view "$2" >"$work/expected" || fail "$1: $view of $2"
        $view "$3" >"$work/actual" || fail "$1: $view of $3"
        [ -s "$work/expected" ] || fail "$1: $view shows nothing"
        diff "$work/expected" "$work/actual" || fail "$1: $view differs"
    done
    diff -r -x crash.txt "$2/cases" "$3/cases" || fail "$1: the cases' files differ"
    for crash in "$2"/cases/*/*/crash.txt; do
        [ -e "$crash" ] || continue
        threads <"$crash" >"$work/expected"
        threads <"$3/${crash#"$2"/}" | diff "$work/expected" - || fail "$1: $crash differs"
    done
}

# shards N OPTION...: the runs of all N, in s1, s2 ..., whatever their status.
shards() {
    n=$1
    shift
    rm -rf s?
    i=1
    while [ "$i" -le "$n" ]; do
        muster run "$work_so" "$more_so" --shard "$i/$n" --out "s$i" --seed 42 --history "$work/history.db" "$@"
        i=$((i + 1))
    done
}
# as_bundled RUN: a bundle holds no links, and no folders without files.
as_bundled() {
    find "$1/cases" -type l -delete
    find "$1/cases" -type d -empty -delete
}

expect 1 run "$work_so" "$more_so" --out whole --seed 42 --history none
mv "$(readlink -f whole/latest)" whole/first
as_bundled whole/first

# By hash, a bundle of each format and a folder.
for format in tar.zst tar.gz zip none; do
    shards 3 --bundle $format
    inputs="s3/latest/bundle.$format s1/latest/bundle.$format s2/latest/bundle.$format"
    [ $format != none ] || inputs="s2/latest s1/latest s3/latest"
    # shellcheck disable=SC2086
    expect 1 merge $inputs --out merged-$format --history none
    equal "$format" whole/first merged-$format/latest
    is "the method" hash "$(log_query merged-$format/latest/events.jsonl '.[0].shard_by')"
    expect 0 verify merged-$format/latest merged-$format/latest/bundle.tar.zst
    is "folders of the merge" 1 "$(find merged-$format -mindepth 1 -maxdepth 1 -type d | wc -l)"
done

# The shards' logs are named, and can be found again.
for i in 1 2 3; do
    named=$(log_query merged-none/latest/events.jsonl ".[0].merged[$((i - 1))]")
    head=$(tail -n 1 "s$i/latest/events.jsonl" | tr -d '\n' | sha256sum | cut -d' ' -f1)
    is "what was merged" "$i $(basename "$(readlink "s$i/latest")") $head" "$named"
done

# The same input in another order, as bundles and as folders: the same bytes.
shards 3
expect 1 merge s1/latest s2/latest s3/latest --out one --history none
expect 1 merge s3/latest/bundle.tar.zst s2/latest s1/latest/bundle.tar.zst --out two --history none -q
is "quiet" "" "$(cat "$work/console" "$work/complaints")"
diff -r one two || fail "the order of the shards changes the merged run"
expect 4 merge s1/latest s2/latest s3/latest --out one --history none
complains "these shards were merged before"
diff -r one two || fail "a second merge changes the first"
# Every report is made again from the merged log alone.
for of in one/latest one/latest/bundle.tar.zst; do
    for format in json:results.json junit:junit.xml html:report.html; do
        "$bin/muster" report --format "${format%:*}" $of | cmp - "one/latest/${format#*:}" ||
            fail "report ${format%:*} of $of is another"
    done
done
# What --rerun takes for the latest run is the merged one.
is "latest" "$(log_query one/latest/events.jsonl '.[0].run_id')" "$(readlink one/latest)"
muster run "$work_so" "$more_so" --out one --rerun failed --dry-run --history none
says "Rerun of $(readlink one/latest): 4 scenarios left, 26 done"

# So may shards be, of what the whole owes; and their runs are merged.
for i in 1 2; do
    muster run "$work_so" "$more_so" --shard $i/2 --rerun "failed:one/latest" --out "again$i" --history none
done
expect 1 merge again1/latest again2/latest --out one --history none
is "cases run again" 4 "$(planned one/latest | wc -l)"
is "of which run" "$(basename "$(readlink -f two/latest)")" "$(log_query one/latest/events.jsonl '.[0].rerun_of')"
muster run "$work_so" "$more_so" --out one --rerun failed --dry-run --history none
says "4 scenarios left, 26 done" # of both runs together

# By recorded time, with and without one shard that has nothing to do; and the merge writes the history.
expect 1 run "$work_so" "$more_so" --out timed --seed 42 --history "$work/history.db"
before=$(history "$work/history.db" 'SELECT sum(runs) FROM cases')
shards 5
expect 1 merge s?/latest --out by-time --history "$work/history.db"
is "the method" time "$(log_query by-time/latest/events.jsonl '.[0].shard_by')"
equal "by time" whole/first by-time/latest
is "runs in the history" "$((before * 2))" "$(history "$work/history.db" 'SELECT sum(runs) FROM cases')"

# One shard is the whole; forty are more than there are cases.
rm "$work/history.db"
shards 1
expect 1 merge s1/latest --out alone --history none
equal "1/1" whole/first alone/latest
rm -rf s1 many
i=1
while [ $i -le 40 ]; do
    muster run "$work_so" "$more_so" -m plain --shard $i/40 --out many --seed 42 --history none
    i=$((i + 1))
done
rm many/latest
expect 0 merge many/* --out of-many --history none
muster run "$work_so" "$more_so" -m plain --out plain --seed 42 --history none
as_bundled plain/latest
equal "of 40" plain/latest of-many/latest

# What could not be undone is named by the merged run too, and can be undone from there.
muster cleanup --list two/latest
is "cleanups outstanding" 2 "$(grep -c undo.not "$work/console")"
shards 2 -m plain --skip-cleanup
expect 0 merge s1/latest s2/latest --out kept --history none
says "     Cleanup 4 left: muster cleanup kept/"
muster cleanup --list kept/latest
is "cleanups left" 4 "$(grep -c 'undo' "$work/console")"
expect 0 cleanup kept/latest
muster cleanup --list kept/latest
is "cleanups left after the cleanup" 0 "$(grep -c 'undo' "$work/console")"
expect 0 verify kept/latest
finish
