#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Loads plugins and files that must be refused, all in one run, and holds reason and text of each refusal against
# expected/load.tsv. One bad plugin must not stop the innocent one.
#
#     load.sh BIN PLUGINS RUNG [USER]
here=$(dirname "$0")
# shellcheck disable=SC2034 # lib.sh reads them
bin=$1 plugins=$2 rung=$3 user=${4:-}
# shellcheck source=tests/hostile/lib.sh
. "$here/lib.sh"

# Overwrites bytes of a file: patch FILE OFFSET OCTAL-ESCAPES
patch_bytes() {
    # shellcheck disable=SC2059 # the bytes are written as escapes
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

make_files() {
    to=$work/plugins
    for file in "$plugins"/hostile-load-*.so; do
        name=${file##*/hostile-load-}
        [ "$name" = constructor-lingers.so ] || cp "$file" "$to/$name"
    done
    while IFS="$tab" read -r name _; do
        case $name in lie-*) cp "$plugins/hostile-lie.so" "$to/$name.so" ;; esac
    done <"$here/expected/load.tsv"
    : >"$to/empty-file.so"
    echo "not a plugin" >"$to/text-file.so"
    head -c 40 "$plugins/hostile-innocent.so" >"$to/truncated-in-header.so"
    head -c 2000 "$plugins/hostile-innocent.so" >"$to/truncated-in-segments.so"
    cp "$plugins/hostile-innocent.so" "$to/other-machine.so"
    patch_bytes "$to/other-machine.so" 18 '\363\0' # e_machine: RISC-V
    cp "$plugins/hostile-innocent.so" "$to/other-class.so"
    patch_bytes "$to/other-class.so" 4 '\001' # EI_CLASS: 32 bits
    cp "$bin/muster-host" "$to/program.so"
    cp "$plugins/hostile-innocent.so" "$to/writable-by-all.so"
    chmod 646 "$to/writable-by-all.so"
}

# "NAME REASON TEXT" for each file, in columns; a plugin that was taken has the reason "loaded".
outcomes() {
    jq -r 'select(.type == "plugin.refused" or .type == "plugin.loaded") |
        [(.path | sub(".*/"; "") | rtrimstr(".so")), .reason // "loaded", .text // ""] | @tsv' "$log"
}

# The same rows from the table: file, reason (or a|b), a pattern for the text.
check_refusals() {
    outcomes >"$work/outcomes"
    awk -F '\t' '
        NR == FNR { reason[$1] = $2; text[$1] = $3; next }
        /^#/ || !NF { next }
        { known[$1] = 1 }
        index("|" $2 "|", "|" reason[$1] "|") == 0 { print $1 ": " reason[$1] ", expected " $2 " (" text[$1] ")" }
        $3 != "" && $3 != "-" && text[$1] !~ $3 { print $1 ": the text \"" text[$1] "\" does not match " $3 }
        END { for (name in reason) if (!(name in known) && name != "hostile-innocent") print name ": not in the table" }
    ' "$work/outcomes" "$here/expected/load.tsv" >"$work/differences"
    while IFS= read -r line; do
        fail "$line"
    done <"$work/differences"
    awk -F '\t' '$2 != "loaded" { print $1 ".so" }' "$work/outcomes" >"$work/refused"
    while IFS= read -r name; do
        grep -Fq "$name" "$work/console" || fail "$name: the console does not name it"
    done <"$work/refused"
}

load_timeout=5s # some hang
prepare
make_files
run_muster
check_ends_well
check_bystanders 4 # of the innocent plugin, and of the one whose constructor leaves a daemon
check_refusals
check_nothing_remains
[ "$status" -eq 6 ] || fail "exit status $status, expected 6 (a plugin could not be loaded)"
report
