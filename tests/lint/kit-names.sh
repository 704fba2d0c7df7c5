#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A library of the kit is linked into plugins: what it defines for its own files is seen by all of a plugin's. A function of
# the author's with such a name would not link, or, worse, would be called by the kit. So these names begin with the library's.
#
#     kit-names.sh NM FOLDER: of all libmuster-kit-*.a below it
nm=$1
status=0
n=0
for archive in $(find "$2" -name 'libmuster-kit-*.a' | sort); do
    n=$((n + 1))
    kit=${archive##*/libmuster-kit-}
    kit=${kit%.a}
    # Of "address letter name"; names that begin with "__" are the compiler's.
    names=$("$nm" --extern-only --defined-only "$archive") || exit 1
    strange=$(printf '%s\n' "$names" | awk 'NF == 3 { print $3 }' | grep -Ev "^(m_|muster_|${kit}_|__)" | sort -u)
    [ -z "$strange" ] && continue
    status=1
    for name in $strange; do
        echo "$name of the kit $kit can be a plugin's own name: make it static, or call it ${kit}_$name"
    done
done
[ "$n" -gt 0 ] || {
    echo "there is no libmuster-kit-*.a below $2"
    exit 1
}
exit $status
