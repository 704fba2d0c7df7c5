#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# muster merge takes nothing that was changed, and nothing that does not belong together; and leaves nothing behind.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# shard I/N NAME OPTION...: a run in NAME/latest.
shard() {
    part=$1
    into=$2
    shift 2
    muster run --shard "$part" --out "$into" --history none -m plain "$@"
    is "$into" 0 $?
}

# refused TEXT SHARD...
refused() {
    why=$1
    shift
    expect 4 merge "$@" --out no --history none
    complains "$why"
    [ -z "$(ls -A no 2>/dev/null)" ] || fail "$why: something is left: $(ls -A no)"
}

for i in 1 2 3; do
    shard $i/3 s$i "$work_so"
done
b1=s1/latest/bundle.tar.zst
b2=s2/latest/bundle.tar.zst
b3=s3/latest/bundle.tar.zst

# Changed, cut, forged.
cp $b2 cut.tar.zst
truncate -s -100 cut.tar.zst
refused "cut.tar.zst: " $b1 cut.tar.zst $b3
for at in 20 200 -40; do
    cp $b2 changed.tar.zst
    size=$(stat -c %s changed.tar.zst)
    [ $at -gt 0 ] || at=$((size + at))
    byte=$(od -An -tu1 -j $at -N 1 changed.tar.zst)
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $(((byte + 1) % 256)))" | dd of=changed.tar.zst bs=1 seek=$at conv=notrunc status=none
    refused "changed.tar.zst: " $b1 changed.tar.zst $b3
done
cp $b2 other.tar.zst
cp s1/latest/bundle.tar.zst.sha256 other.tar.zst.sha256
refused "other.tar.zst: its SHA-256 is not the one in the .sha256 file beside it" $b1 other.tar.zst $b3
cp -r "$(readlink -f s2/latest)" folder
sed -i '3s/plain/plane/' folder/events.jsonl
refused "folder: events.jsonl: line 4: hash of line 3 is" $b1 folder $b3
refused "nowhere: " $b1 $b2 nowhere
refused "no events.jsonl: not a run's folder" $b1 $b2 "$work/dir"
refused "" $b1 $b2 "$work_so"

# Twice, not at all, of something else.
refused "are both shard 2/3" $b1 $b2 $b3 $b2
refused "are both shard 2/3" $b1 $b2 $b3 s2/latest
refused "shard 3/3 is missing; --allow-missing merges what there is" $b1 $b2
refused "shards 1/3, 3/3 are missing" $b2
shard 1/2 half "$work_so"
refused "half/latest is shard 1/2" half/latest $b2 $b3
expect 0 run "$work_so" -m plain --out plain --history none
refused "plain/latest: events.jsonl: line 1: it was not run with --shard" $b1 plain/latest $b3
shard 2/3 seed "$work_so" --seed 5
refused "shards need the same --seed" $b1 seed/latest $b3
shard 2/3 newer "$plugins/newer.so"
refused "plugin e2e.parts 1.0.0, newer/latest ran e2e.parts 1.1.0" $b1 newer/latest $b3
shard 2/3 both "$work_so" "$more_so"
refused "ran 1 plugins, both/latest ran 2" $b1 both/latest $b3
shard 2/3 others "$work_so" -k 'not prints'
refused "divided different plans" $b1 others/latest $b3
muster run "$work_so" -m plain --out timed --history "$work/history.db"
muster run "$work_so" -m plain --out timed --history "$work/history.db" --shard 2/3
refused "all shards need the same history file, or none" $b1 timed/latest $b3
expect 0 merge $b1 $b2 $b3 --out merged --history none
refused "it is a merged run already" merged/latest

# A forged log whose chain is right: a case more, a case less, an event of a case that is another shard's.
# forge SED-SCRIPT: folder/ is the second shard's, its log changed and chained anew.
forge() {
    rm -rf folder
    cp -r "$(readlink -f s2/latest)" folder
    sed -E "$1" "s2/latest/events.jsonl" >"$work/forged.jsonl"
    prev=$(printf '%064d' 0)
    seq=0
    while IFS= read -r line; do
        seq=$((seq + 1))
        line=$(printf '%s' "$line" | sed -E "s/\"seq\":[0-9]+/\"seq\":$seq/; s/\"prev\":\"[0-9a-f]+\"/\"prev\":\"$prev\"/")
        prev=$(printf '%s' "$line" | sha256sum | cut -d' ' -f1)
        printf '%s\n' "$line"
    done <"$work/forged.jsonl" >folder/events.jsonl
}
forge 's/nothing/nothing/'
expect 0 merge $b1 folder $b3 --out forged --history none # the forger's tool works
theirs=$(planned s1/latest | head -n 1)
ours=$(planned s2/latest | head -n 1)
forge "/case.planned.*$ours/d; /$ours/d"
refused "cases are not the plan of" $b1 folder $b3
forge "s/$ours/$theirs/"
refused "are not the plan of" $b1 folder $b3
forge "/case.ended.*$ours/s/$ours/$theirs/"
refused "$theirs was not planned in this shard" $b1 folder $b3
forge '/run.started/s/"shard":2/"shard":4/'
refused "run.started makes no sense: shard 4 of 3" $b1 folder $b3
forge '/attempt.ended/s/"t":[0-9]+/"t":-5/'
refused "its time, -5 ns, makes no sense" $b1 folder $b3
forge '/run.started/s/"started_at":"2/"started_at":"x2/'
refused "is no time to start at" $b1 folder $b3
forge "/case.planned/s/\"position\":[0-9]+/\"position\":1/"
refused "the same place in the plan" $b1 folder $b3

# A bundle that is whole, and wants to write where it should not.
folder_of=cases/$(basename "$(find s2/latest/cases/ -mindepth 1 -maxdepth 1 | head -n 1)")
[ -n "$folder_of" ] || fail "the second shard has no files"
for path in "$folder_of/../../../../victim" "$folder_of/./victim" "$folder_of//victim" "$folder_of/attempt-1/.."; do
    "$bin/shard-e2e-forge" s2/latest "$path" >forged.tar.zst || fail "nothing forged for $path"
    muster verify forged.tar.zst || fail "the forger's tool makes no whole bundle: $(cat "$work/complaints")"
    refused "forged.tar.zst: $path: this is no path within a run's folder" $b1 forged.tar.zst $b3
done
"$bin/shard-e2e-forge" s2/latest "$folder_of/attempt-1/victim" >forged.tar.zst
expect 0 merge $b1 forged.tar.zst $b3 --out victim --history none
is "a file more" evil "$(cat "victim/latest/$folder_of/attempt-1/victim")"
"$bin/shard-e2e-forge" s2/latest ../victim >forged.tar.zst
expect 0 merge $b1 forged.tar.zst $b3 --out victims --history none
complains "1 file that belongs to no case of the shard: left out"
[ ! -e victims/victim ] && [ ! -e "$work/victim/victim" ] || fail "a file was written outside of the run's folder"

# With --allow-missing: what there is, and nobody takes it for the whole.
expect 2 merge $b1 $b2 --allow-missing --out part --history none
complains "warning: shard 3/3 is missing"
says "INCOMPLETE only 2 of 3 shards were merged"
is "the report" INCOMPLETE "$(jq -r .testRun.summary.overallStatus part/latest/results.json)"
is "not run" "$(planned s3/latest | wc -l)" "$(log_query part/latest/events.jsonl '.[-1].not_run')"
expect 0 verify part/latest/bundle.tar.zst

# A shard whose runner was killed.
rm -rf folder
cp -r "$(readlink -f s2/latest)" folder
sed -i '$d' folder/events.jsonl
refused "folder is cut off before the run's end; --allow-missing merges what there is" $b1 folder $b3
printf '{"v":1,"seq":' >>folder/events.jsonl
expect 2 merge $b1 folder $b3 --allow-missing --out killed --history none
complains "warning: folder is cut off before the run's end"
says "INCOMPLETE folder is cut off before the run's end"
expect 0 verify killed/latest/bundle.tar.zst

# A shard that is still at work.
flock folder/.run-state -c "$bin/muster merge $b1 folder $b3 --allow-missing --out no --history none" 2>"$work/complaints"
is "the status while it runs" 4 $?
complains "folder: its runner is still at work"

# Files that are no case's stay where they are.
rm -rf folder
cp -r "$(readlink -f s2/latest)" folder
mkdir -p folder/cases/stranger/attempt-1
touch folder/notes.txt folder/cases/stranger/attempt-1/stdout.log
expect 0 merge $b1 folder $b3 --out strangers --history none
complains "warning: folder: 2 files that belong to no case of the shard: left out"
[ ! -e strangers/latest/notes.txt ] && [ ! -e strangers/latest/cases/stranger ] || fail "a stranger's file was merged"

# No room for the result: status 3, and nothing half-made. The small file system goes with its namespace.
namespaces=-m
unshare -m true 2>/dev/null || namespaces=-rm # without root: in a user namespace
mkdir small
unshare $namespaces sh -c '
    mount -t tmpfs -o size=16k none small || exit 77
    "$1/muster" merge s?/latest --out small --history none 2>"$2/complaints"
    echo "status $?, $(ls -A small | wc -l) left" >"$2/small.txt"
' sh "$bin" "$work" && is "a full disk" "status 3, 0 left" "$(cat small.txt)" && complains "No space left on device"
expect 4 merge
complains "which shards?"
finish
