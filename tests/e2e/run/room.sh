#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What reads a bundle takes no more room than what it needs of it: a report none at all, a merge that of the files that it leaves; and
# takes nothing that was changed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/folders.so

run 1 e2e.folders.w_leaves_much --shard 1/1
bundle=$run/bundle.tar.zst
attempt=cases/e2e.folders.w_leaves_much/attempt-1

# without_room ARGUMENT...: muster with no TMPDIR to put anything into, and with files of 1 MiB at most.
without_room() {
    (ulimit -f 2048 && TMPDIR=$work/missing exec "$bin/muster" "$@" 2>"$work/complaints" </dev/null | cat >"$work/console")
}
for format in human junit json tap; do
    "$bin/muster" report "$run" --format $format >"$work/expected" || fail "no $format report of the folder"
    without_room report "$bundle" --format $format
    is "$format: complaints" "" "$(cat "$work/complaints")"
    cmp "$work/expected" "$work/console" || fail "the $format report of the bundle is another"
done
without_room report "$bundle"
says "line 99999 of the output"
TMPDIR=$work/missing "$bin/muster" run "$work_so" --rerun "$bundle" --out "$out" --dry-run --history none >"$work/console" 2>&1
says "Rerun of $(basename "$(readlink -f "$run")"): "

# Files go to where they belong, holes and all; the folder is not there before.
TMPDIR=$work/missing "$bin/muster" merge "$bundle" --out "$work/merged/deep" --history none >"$work/console" 2>"$work/complaints"
is "the status of a merge" 1 $?
is "complaints of a merge" "" "$(cat "$work/complaints")"
diff -r "$run/$attempt" "$work/merged/deep/latest/$attempt" -x sparse.img || fail "the merged run has other files"
sparse=$work/merged/deep/latest/$attempt/files/sparse.img
is "the sparse file's size" 1099511627776 "$(stat -c %s "$sparse")"
[ "$(stat -c %b "$sparse")" -lt 1000 ] || fail "its holes were filled"
is "folders of the merge" 1 "$(find "$work/merged/deep" -mindepth 1 -maxdepth 1 ! -name latest | wc -l)"
muster verify "$work/merged/deep/latest/bundle.tar.zst" || fail "the merged run does not verify"

# A limit that the files reach: an error, and nothing half-made.
(ulimit -f 2048 && exec "$bin/muster" merge "$bundle" --out "$work/small" --history none >"$work/console" 2>"$work/complaints")
is "the status of a merge with small files" 3 $?
complains "files/noise: taking it out: File too large"
[ ! -e "$work/small" ] || fail "left: $(find "$work/small" | head)"

# forged NAME BYTES BYTES: of the bundle, another that has these bytes in place of those.
forged() {
    zstd -dcq "$bundle" | LC_ALL=C sed "s/$2/$3/" | zstd -q >"$work/$1.tar.zst"
}
# refused NAME TEXT: by all that read it, and nothing is left of it.
refused() {
    for format in human json; do
        muster report "$work/$1.tar.zst" --format $format
        is "the status of a report of $1" 4 $?
        complains "$1.tar.zst: $2"
        is "a report of $1" "" "$(cat "$work/console")"
    done
    muster merge "$work/$1.tar.zst" --out "$work/none" --history none
    is "the status of a merge of $1" 4 $?
    complains "$1.tar.zst: $2"
    [ ! -e "$work/none" ] || fail "left of $1: $(find "$work/none" | head)"
    muster run "$work_so" --rerun "$work/$1.tar.zst" --out "$work/none" --history none
    is "the status of a rerun of $1" 4 $?
    complains "$1.tar.zst: $2"
}
forged output "line 99999 of the output" "line 99998 of the output"
refused output "$attempt/stdout.log: its content is not what the manifest says"
forged log 'so that a report shows it' 'so that a report hides it'
refused log "events.jsonl: its content is not what the manifest says"
forged manifest '"run":"2' '"run":"3'
refused manifest "MANIFEST.json: "

# A folder's log, too.
cp -r "$run/" "$work/changed"
sed -i 's/so that a report shows it/so that a report hides it/' "$work/changed/events.jsonl"
muster report "$work/changed" --format json
is "the status of a report of a changed folder" 4 $?
complains "events.jsonl: line "
finish
