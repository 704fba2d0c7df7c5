#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --bundle: each format holds the same files, verifies, and stops verifying when a byte of it changes.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

unpack() {
    mkdir -p "$2"
    case $1 in
    *.tar.zst) zstd -dcq "$1" | tar -xf - -C "$2" ;;
    *.tar.gz) tar -xzf "$1" -C "$2" ;;
    *.zip) unzip -q "$1" -d "$2" ;;
    esac
}

for format in tar.zst tar.gz zip; do
    run 1 e2e.work.attaches e2e.work.fails --bundle=$format
    bundle=$run/bundle.$format
    muster verify "$bundle" || fail "$format does not verify: $(cat "$work/complaints")"
    says "whole"
    says "archiving the content again gives it" # equal folders, equal bundles
    (cd "$run" && sha256sum --quiet -c "bundle.$format.sha256") || fail "the checksum beside $format is another's"
    unpack "$bundle" "$work/$format"
    is "first of $format" MANIFEST.json "$(case $format in
        zip) unzip -Z1 "$bundle" ;;
        tar.gz) tar -tzf "$bundle" ;;
        *) zstd -dcq "$bundle" | tar -tf - ;;
    esac | head -n 1)"
    rm "$work/$format/MANIFEST.json"
    diff -r -x 'bundle.*' "$run/" "$work/$format" || fail "$format holds other files than the run's folder"
    for at in 30 300 -30; do
        cp "$bundle" "$work/changed.$format"
        size=$(stat -c %s "$bundle")
        [ "$at" -gt 0 ] || at=$((size + at))
        byte=$(od -An -tu1 -j "$at" -N 1 "$bundle")
        # shellcheck disable=SC2059
        printf "\\$(printf %03o $(((byte + 1) % 256)))" |
            dd of="$work/changed.$format" bs=1 seek="$at" conv=notrunc status=none
        if muster verify "$work/changed.$format"; then fail "byte $at of $format can be changed"; fi
    done
done

run 1 e2e.work.fails --bundle=none
[ -z "$(find "$run/" -name 'bundle*')" ] || fail "--bundle=none writes one"
muster verify "$run" || fail "a run's folder does not verify"
mkdir "$work/cut" "$work/none"
sed '$d' "$run/events.jsonl" >"$work/cut/events.jsonl"
muster verify "$work/cut"
is "the status of a log without its last line" 1 $?
complains "cut off"
muster verify "$work/none"
is "the status of a folder without a log" 4 $?
sed -i '2s/e2e/e3e/' "$run/events.jsonl"
if muster verify "$run"; then fail "a changed log verifies"; fi
muster run "$work_so" --out "$out" --bundle=rar
is "a format that is none" 4 $?
finish
