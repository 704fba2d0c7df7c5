#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --artifacts-cap: what is above it is left out, visibly; packing can be interrupted; a sparse file is packed as what it has.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/folders.so
plugin=e2e.folders
sparse=cases/e2e.folders.p_attaches_a_sparse_file/attempt-1/files

manifest() {
    tar --use-compress-program=unzstd -xOf "$run/bundle.tar.zst" MANIFEST.json >"$work/manifest"
}

complains_of_waiting() {
    grep -qF "the bundle is being written, for " "$work/complaints"
}

has_results() {
    [ -n "$(find "$work/merged" -name results.json 2>/dev/null)" ]
}

run 0 e2e.folders.p_attaches_a_sparse_file --artifacts-cap 100
says "Left out 1 artifact above --artifacts-cap"
is "the log's warning" 1 \
    "$(query '[.[] | select(.type == "attempt.log" and .level == "warning" and (.text | contains("--artifacts-cap")))] | length')"
[ -f "$run/$sparse/sparse.img" ] || fail "the run's folder lost the artifact"
muster verify "$run/bundle.tar.zst" || fail "the bundle is not whole"
manifest
is "left out" "$sparse/sparse.img above the cap" "$(jq -r '.omitted[] | .path + " " + .kind' "$work/manifest")"
is "taken" "$sparse/small.txt" "$(jq -r '.files[].path | select(contains("/files/"))' "$work/manifest")"

# A terabyte with four bytes in it is a small member, and comes out of the archive as it was.
run 0 e2e.folders.p_attaches_a_sparse_file --set gigabytes=1000
muster verify "$run/bundle.tar.zst" || fail "the bundle is not whole: $(cat "$work/console")"
muster report "$run/bundle.tar.zst" --format junit || fail "there is no report of the bundle"
manifest
is "its size in the manifest" 1073741824000 "$(jq ".files[] | select(.path == \"$sparse/sparse.img\") | .size" "$work/manifest")"
[ "$(stat -c %s "$run/bundle.tar.zst")" -lt 100000 ] || fail "the bundle is large: $(ls -l "$run")"
mkdir "$work/unpacked"
tar -C "$work/unpacked" --use-compress-program=unzstd -xf "$run/bundle.tar.zst" || fail "tar"
is "the size of what came out" 1073741824000 "$(stat -c %s "$work/unpacked/$sparse/sparse.img")"
is "its data" data "$(dd if="$work/unpacked/$sparse/sparse.img" bs=1M skip=512000 count=1 status=none | tr -d '\0')"
[ "$(stat -c %b "$work/unpacked/$sparse/sparse.img")" -lt 1000 ] || fail "its holes were filled"
rm -rf "$work/unpacked"

# Byte for byte, where that can be compared in a moment.
run 0 e2e.folders.p_attaches_a_sparse_file --set gigabytes=1 --bundle tar.gz
muster verify "$run/bundle.tar.gz" || fail "the bundle is not whole: $(cat "$work/console")"
tar -C "$work" -xzf "$run/bundle.tar.gz" "$sparse/sparse.img" || fail "tar"
cmp "$work/$sparse/sparse.img" "$run/$sparse/sparse.img" || fail "another content came out"

# Zip has no holes: without a cap it would take hours. The first signal ends it.
run 0 e2e.folders.p_attaches_a_sparse_file --bundle zip
says "Left out 1 artifact above --artifacts-cap"
for signal in INT TERM; do
    rm -f "$run"
    start e2e.folders.p_attaches_a_sparse_file --bundle zip --artifacts-cap 2000G
    until_ok [ -f "$run/results.json" ]
    kill -s "$signal" "$runner"
    ended 2
    complains "interrupted (SIG$signal) while the bundle was written"
    [ ! -e "$run/bundle.zip" ] || fail "there is a bundle"
    [ ! -e "$run/.bundle.tmp" ] || fail "there is half a bundle"
    nothing_left
    muster report "$run" --format junit || fail "the run's folder is not whole"
done

# The same while shards are merged: nothing of it stays, and nobody goes on with the bundle.
run 0 e2e.folders.p_attaches_a_sparse_file --bundle none --shard 1/1
cp --sparse=always -r "$run/" "$work/shard"
for signal in INT TERM; do
    "$bin/muster" merge "$work/shard" --out "$work/merged" --bundle zip --history none >"$work/console" 2>"$work/complaints" &
    runner=$!
    until_ok has_results || fail "the merge has ended"
    until_ok complains_of_waiting
    packer=$(cat /proc/"$runner"/task/"$runner"/children)
    kill -s "$signal" "$runner"
    ended 2
    complains "nothing was merged: interrupted (SIG$signal) while the bundle was written"
    is "what is left of it" "" "$(ls -A "$work/merged")"
    [ -n "$packer" ] || fail "nobody wrote the bundle"
    for pid in $packer; do
        ! grep -qsaz muster-bundle "/proc/$pid/cmdline" || fail "the bundle is still written"
    done
done
finish
