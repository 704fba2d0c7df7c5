#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whatever a scenario does to its folders: the next one finds its own empty, and nothing stays.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/folders.so
plugin=e2e.folders

innocents() {
    bad=$(query '[.[] | select(.type == "case.ended" and (.case | endswith("innocent")) and .verdict != "passed") | .case] | join(" ")')
    is "innocent ones that did not pass" "" "$bad"
}

# As few descriptors and as small a stack as a machine may give.
(
    # shellcheck disable=SC3045 # the shells that run this have it
    ulimit -n 256
    # shellcheck disable=SC3045
    ulimit -s 256
    run 0 -j1 e2e.folders.a_nests_its_temp_folder e2e.folders.b_innocent e2e.folders.c_nests_its_artifacts \
        e2e.folders.d_innocent
    [ "$failures" -eq 0 ]
) || fail "deep folders"
innocents
nothing_left

run 0 -j1 e2e.folders.e_has_many_files e2e.folders.f_innocent
innocents
nothing_left

run 1 -j1 --timeout 20s e2e.folders.g_takes_our_names e2e.folders.h_innocent
innocents
verdict g_takes_our_names crashed
attempt=$run/cases/e2e.folders.g_takes_our_names/attempt-1
is "what it printed" printed "$(cat "$attempt/stdout.log")"
is "what its cleanup printed" cleaned "$(cat "$attempt/cleanup-stdout.log")"
is "what it attached" "its own" "$(cat "$attempt/files/crash.txt")"
grep -q g_takes_our_names "$attempt/crash.txt" || fail "crash.txt is not the stack"
[ -p "$attempt/files/stdout.log" ] || fail "its FIFO was not kept where it belongs"
is "the artifact's path in results.json" "cases/e2e.folders.g_takes_our_names/attempt-1/files/crash.txt" \
    "$(jq -r '.. | .artifacts? // empty | .[].path' "$run/results.json")"

run 0 -j1 --order source e2e.folders.i_takes_its_time e2e.folders.j_hides_a_file e2e.folders.k_innocent
innocents
nothing_left

# Whatever modes they have: who the run belongs to can read them, and remove them, with a bundle and without.
for bundle in none tar.zst zip; do
    run 0 e2e.folders.v_bars_its_artifacts --bundle "$bundle"
    folder=$run/cases/e2e.folders.v_bars_its_artifacts
    is "what can't be read with --bundle=$bundle" "" "$(find "$folder/" -type f ! -perm -400 -o -type d ! -perm -700)"
    [ -f "$folder/attempt-1/files/barred/inner/file" ] || fail "--bundle=$bundle lost a file"
    rm -r "$folder" || fail "the run's folder can't be removed with --bundle=$bundle"
done

want=0
if chattr +i "$dir" 2>/dev/null; then
    chattr -i "$dir"
    want=7
fi
run "$want" -j1 e2e.folders.l_leaves_an_immutable_file e2e.folders.m_innocent e2e.folders.n_makes_its_folder_immutable \
    e2e.folders.o_innocent
innocents
if [ "$want" -eq 7 ]; then
    is "who is named for what stays" e2e.folders.l_leaves_an_immutable_file \
        "$(query '.[] | select(.type == "attempt.leaked" and .kind == "file" and (.what[0] | contains("stays: "))) | .case')"
    complains "stays: Operation not permitted (left by e2e.folders.l_leaves_an_immutable_file attempt 1)"
    complains ": Operation not permitted (left by e2e.folders.n_makes_its_folder_immutable attempt 1)"
    chattr -R -i "$work/tmp" 2>/dev/null
    rm -rf "$work"/tmp/*
fi
finish
