#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Holds docs/reference/command-line.md against what the program says of itself.
#
#     command_line.sh [--selftest] MUSTER DOCUMENT
#
# In the document each verb has a section "## muster VERB", in which every option is the first cell of a row:
# | `-j`, `--jobs N` | ... |. --selftest spoils copies of the document and wants each of them refused.
set -u
selftest=
[ "$1" != --selftest ] || { selftest=yes; shift; }
muster=$1
document=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/muster-cli.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

verbs() {
    "$muster" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# "-j --jobs N" for each option, one a line.
options_of_help() {
    "$muster" "$1" --help | sed -nE 's/^  (-[a-zA-Z], |    )(--[a-z][a-z-]*( [A-Z=]+|\[=[A-Z]+\])?)(  .*)?$/\1\2/p' |
        sed -E 's/^ +//; s/,//' | sort
}

# section VERB DOCUMENT
section() {
    awk -v title="## muster $1" '/^## / { inside = ($0 == title) } inside' "$2"
}

options_of_document() {
    section "$1" "$2" | sed -nE 's/^\| (`-[^|]*`) \|.*/\1/p' | sed -e 's/[`,]//g' | sort
}

# check DOCUMENT: says what differs; status 1 if anything does.
check() {
    different=0
    for verb in $(verbs); do
        options_of_help "$verb" >"$work/help"
        options_of_document "$verb" "$1" >"$work/document"
        [ -s "$work/help" ] || { echo "$verb: no option found in its help"; different=1; }
        diff "$work/help" "$work/document" >"$work/difference" && continue
        echo "muster $verb: < only in --help, > only in the document"
        grep '^[<>]' "$work/difference"
        different=1
    done
    for verb in $(sed -n 's/^## muster \([a-z]*\)$/\1/p' "$1"); do
        verbs | grep -qx "$verb" || { echo "no verb $verb"; different=1; }
    done
    return $different
}

# No line of a help is wider than a terminal.
check_width() {
    for verb in '' $(verbs); do
        # shellcheck disable=SC2086 # none, or one
        "$muster" $verb --help | awk -v verb="$verb" 'length($0) > 80 { print verb ": wider than 80 columns: " $0; wide = 1 }
            END { exit wide }' || return 1
    done
}

# refused WHAT SED-SCRIPT: a document changed so must not pass.
refused() {
    sed -E "$2" "$document" >"$work/spoilt.md"
    ! cmp -s "$document" "$work/spoilt.md" || { echo "$1: nothing was spoilt"; exit 1; }
    ! check "$work/spoilt.md" >/dev/null || { echo "$1 is not noticed"; exit 1; }
}

if [ -n "$selftest" ]; then
    refused "an option that is missing" '/`--retries N`/d'
    refused "an option that is none" 's/`--retries N`/`--retrys N`/'
    refused "another argument" 's/`--retries N`/`--retries TIMES`/'
    refused "another letter" 's/`-j`/`-J`/'
    refused "a verb that is missing" '/^## muster verify$/d'
    refused "a verb that is none" 's/^## muster verify$/&\n## muster verfy/'
    exit 0
fi
check "$document" && check_width
