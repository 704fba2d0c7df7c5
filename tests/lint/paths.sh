#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every file that the README and the pages of docs/ name is there: what is written in `backticks` and begins with a folder
# of the sources or of core/, and what a link points to. A name may be a pattern (`data/check_*.c`); one with a word in
# capitals (`ext/NAME.h`) is the reader's to make up. docs/changes/ tells of the past and may name what is gone.
#
# paths.sh [ROOT]        exit status 0 clean, 1 with one line for each finding
set -eu
root=${1:-$(dirname "$0")/../..}
cd "$root"
findings=$(mktemp)
trap 'rm -f "$findings"' EXIT

pages()
{
    find README.md docs -name '*.md' -not -path 'docs/changes/*' | sort | xargs grep -noHE "$1" || :
}

exists() # PATH: from the root, or as its room writes it; a pattern matches something
{
    for base in . core sdk sdk/include/muster; do
        # shellcheck disable=SC2086
        for file in $base/$1; do
            [ ! -e "$file" ] || return 0
        done
    done
    return 1
}

rooms=$(find core -mindepth 1 -maxdepth 1 -type d 2>/dev/null | sed 's|^core/||' | sort | paste -sd '|' -)
pages '`[^` ]+`' | sed -n -E "s,^([^:]*:[0-9]+):\`((core|sdk|artifacts|plugins|scenarios|tests|cmake|docs${rooms:+|$rooms})/[^\`:]*).*\`\$,\1 \2,p" |
    grep -v -E '[/._<][A-Z]+([./_>]|$)' | while read -r where path; do
    # `base/{buf,err}.h` is `base/buf.h` and `base/err.h`.
    before=${path%%\{*}
    after=${path##*\}}
    inside=$(printf '%s' "$path" | sed -n 's/.*{\(.*\)}.*/\1/p')
    if [ -z "$inside" ]; then
        exists "$path" || echo "$where: there is no $path"
        continue
    fi
    for one in $(printf '%s' "$inside" | tr ',' ' '); do
        exists "$before$one$after" || echo "$where: there is no $before$one$after"
    done
done >"$findings"

pages '\]\([^)#: ]+' | sed -E 's/^([^:]*):([0-9]+):\]\(/\1 \2 /' | while read -r page line target; do
    [ -e "$(dirname "$page")/$target" ] || echo "$page:$line: the link to $target leads nowhere"
done >>"$findings"

cat "$findings"
[ ! -s "$findings" ]
