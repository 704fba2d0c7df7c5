#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --artifacts-cap: what is above it is left out, visibly; and packing can be interrupted.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/folders.so
plugin=e2e.folders
sparse=cases/e2e.folders.p_attaches_a_sparse_file/attempt-1/files

run 0 e2e.folders.p_attaches_a_sparse_file
says "Left out 1 artifact above --artifacts-cap"
is "the log's warning" 1 \
    "$(query '[.[] | select(.type == "attempt.log" and .level == "warning" and (.text | contains("--artifacts-cap")))] | length')"
[ -f "$run/$sparse/sparse.img" ] || fail "the run's folder lost the artifact"
muster verify "$run/bundle.tar.zst" || fail "the bundle is not whole"
tar --use-compress-program=unzstd -xOf "$run/bundle.tar.zst" MANIFEST.json >"$work/manifest"
is "left out" "$sparse/sparse.img above the cap" "$(jq -r '.omitted[] | .path + " " + .kind' "$work/manifest")"
is "taken" "$sparse/small.txt" "$(jq -r '.files[].path | select(contains("/files/"))' "$work/manifest")"

# Without a bound it would take hours. The first signal ends it.
for signal in INT TERM; do
    rm -f "$run"
    start e2e.folders.p_attaches_a_sparse_file --artifacts-cap 2000G
    until [ -f "$run/results.json" ]; do :; done
    kill -s "$signal" "$runner"
    ended 2
    complains "interrupted (SIG$signal) while the bundle was written"
    [ ! -e "$run/bundle.tar.zst" ] || fail "there is a bundle"
    [ ! -e "$run/.bundle.tmp" ] || fail "there is half a bundle"
    nothing_left
    muster report "$run" --format junit || fail "the run's folder is not whole"
done
finish
