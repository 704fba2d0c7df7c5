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
        cp "$file" "$to/$name"
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
    mkdir "$to/folder.so"
    cp "$plugins/hostile-innocent.so" "$to/writable-by-all.so"
    chmod 646 "$to/writable-by-all.so"
}

# One row: the file's name without its end, the reason, a pattern for the text. "loaded" is no refusal.
check_refusal() {
    event=$(jq -c --arg path "/$1.so" 'select((.type == "plugin.refused" or .type == "plugin.loaded") and
        (.path | endswith($path)))' "$log")
    reason=$(printf '%s\n' "$event" | jq -r 'if .type == "plugin.loaded" then "loaded" else .reason end')
    text=$(printf '%s\n' "$event" | jq -r '.text // ""')
    case "|$2|" in
    *"|$reason|"*) ;;
    *) fail "$1: '$reason', expected '$2' ($text)" ;;
    esac
    printf '%s\n' "$text" | grep -Eq -e "$3" || fail "$1: the text '$text' does not match '$3'"
    [ "$reason" = loaded ] || grep -Fq "$1.so" "$work/console" || fail "$1: the console does not name it"
}

check_refusals() {
    while IFS="$tab" read -r name reason text; do
        case $name in '' | '#'*) continue ;; esac
        check_refusal "$name" "$reason" "${text:-}"
    done <"$here/expected/load.tsv"
}

prepare
make_files
run_muster
check_ends_well
check_bystanders 2
check_refusals
check_nothing_remains
[ "$status" -eq 6 ] || fail "exit status $status, expected 6 (a plugin could not be loaded)"
report
