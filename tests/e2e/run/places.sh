#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where a run's folder is, or what works on it is, there may be no room, no right to write, or nothing any more: each verb says
# so, with the status of a machine that failed (3), and not of a run that was changed (1) or asked for wrongly (4).
namespaces=-m
unshare -m true 2>/dev/null || namespaces=-rm # without root: in a user namespace
if [ "${inside:-}" != yes ]; then
    # shellcheck disable=SC2016
    if unshare $namespaces sh -c 'mount -t tmpfs none "${TMPDIR:-/tmp}"' 2>/dev/null; then
        inside=yes exec unshare $namespaces "$0" "$@"
    fi
    echo "skipped: no right to mount a small file system"
    exit 77
fi
unset inside
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# expect STATUS ARGUMENT...
expect() {
    want=$1
    shift
    muster "$@"
    status=$?
    [ "$status" -eq "$want" ] || fail "muster $*: status $status, not $want: $(cat "$work/complaints")"
    [ "$want" -eq 0 ] || [ -s "$work/complaints" ] || fail "muster $*: status $want without a reason"
}

run 0 e2e.work.passes e2e.work.attaches --shard 1/1
cp -r "$run/" "$work/shard"
bundle=$work/shard/bundle.tar.zst

# A full disk that can be read is all that is needed; a read-only one too.
mkdir "$work/full"
mount -t tmpfs -o size=1m none "$work/full"
cp -r "$work/shard" "$work/full/"
dd if=/dev/zero of="$work/full/filled" bs=4k 2>/dev/null
for mode in rw ro; do
    mount -o "remount,$mode" "$work/full"
    for what in "$work/full/shard" "$work/full/shard/bundle.tar.zst"; do
        expect 0 verify "$what"
        expect 0 report "$what" --format junit
        expect 0 merge "$what" --out "$work/merged-$mode" --history none
        rm -rf "$work/merged-$mode"
    done
done
expect 3 merge "$work/shard" --out "$work/full/out" --history none
complains "Read-only file system"
expect 3 run "$work_so" e2e.work.passes --out "$work/full/out"
complains "Read-only file system"
mount -o remount,rw "$work/full"
mkdir -p "$work/full/out" 2>/dev/null
expect 3 merge "$work/shard" --out "$work/full/out" --history none
complains "No space left on device"
is "what is left of the merge" "" "$(ls -A "$work/full/out" 2>/dev/null)"
muster report "$work/shard" --format json
[ -s "$work/console" ] || fail "no report"
TMPDIR=$work/tmp "$bin/muster" report "$work/shard" --format json >/dev/full 2>"$work/complaints"
is "a report to a full disk" 3 $?
complains "No space left on device"

# No room for anything in TMPDIR: none is taken there.
mv "$work/tmp" "$work/roomy"
ln -s "$work/full" "$work/tmp"
expect 0 verify "$bundle"
expect 0 report "$bundle"
expect 0 merge "$bundle" --out "$work/merged" --history none
rm -rf "$work/merged"
expect 3 merge "$bundle" --out "$work/full/out" --history none
complains "No space left on device"
is "what is left of the merge" "" "$(ls -A "$work/full/out" 2>/dev/null)"
rm "$work/tmp"
mv "$work/roomy" "$work/tmp"

# What is gone, or is none.
expect 4 report "$work/nowhere"
expect 4 verify "$work/nowhere"
expect 4 merge "$work/nowhere" --out "$work/merged" --history none
expect 4 report "$dir"
complains "not a run's folder"

# Without the program that reads bundles.
mkdir "$work/alone"
cp "$bin/muster" "$work/alone/"
for verb in report verify "merge --out $work/merged"; do
    # shellcheck disable=SC2086
    "$work/alone/muster" $verb "$bundle" >"$work/console" 2>"$work/complaints"
    is "$verb without muster-bundle" 3 $?
    complains "muster-bundle: No such file or directory"
done
umount "$work/full"

# The folder goes while the run is at work.
work_so=$plugins/folders.so
mkfifo "$dir/path" "$dir/go"
for bundle in none tar.zst; do
    start e2e.folders.t_waits_for_a_stranger --bundle $bundle
    read -r _ <"$dir/path" || :
    rm -rf "$out"
    echo >"$dir/go"
    ended 3
    complains "No such file or directory"
done

# The program that writes the bundle is ended.
start e2e.folders.p_attaches_a_sparse_file --bundle zip --artifacts-cap 2000G
until_ok [ -f "$run/results.json" ]
for pid in $(cat /proc/"$runner"/task/"$runner"/children); do
    ! grep -qsaz muster-bundle "/proc/$pid/cmdline" || kill -9 "$pid"
done
ended 3
complains "muster-bundle was ended by signal 9 (Killed)"
finish
