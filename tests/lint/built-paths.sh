#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No path of the machine that builds stands in what is installed.
#
#     built-paths.sh BUILD SOURCE
build=$1 source=$2
prefix=$(mktemp -d "${TMPDIR:-/tmp}/muster-paths.XXXXXX") || exit 1
trap 'rm -rf "$prefix"' EXIT
DESTDIR=$prefix cmake --install "$build" >"$prefix.log" 2>&1 || { cat "$prefix.log"; rm -f "$prefix.log"; exit 1; }
rm -f "$prefix.log"
found=$(grep -rlaF -e "$build/" -e "$source/" "$prefix")
[ -z "$found" ] && [ -n "$(find "$prefix" -name 'muster-host')" ] && exit 0
for file in $found; do
    printf '%s: %s\n' "${file#"$prefix"}" "$(strings -a "$file" | grep -m 1 -F -e "$build/" -e "$source/")"
done
exit 1
