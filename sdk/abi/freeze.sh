#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Freezes today's headers as the version that plugin.h names: sdk/abi/MAJOR.MINOR gets a copy of the headers, the table
# of their layout and a plugin that uses all of them, and tests/abi/frozen.sha256 their hashes. Run it once for a
# version, when its minor is complete: `cmake --build BUILD --target abi-freeze`. It refuses to freeze one again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
: "${ABI_LAYOUT:?the program that reads a layout}"
. "$here/tables.sh"

include=$root/sdk/include
version=$(abi_constant MUSTER_ABI_MAJOR "$include").$(abi_constant MUSTER_ABI_MINOR "$include")
frozen=$here/$version
if [ -e "$frozen/layout.txt" ]; then
    echo "freeze: $version is frozen already; what is new belongs in the next minor" >&2
    exit 1
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
layout_table "${CC:-cc}" "$include" "$scratch" >"$scratch/layout.txt"

mkdir -p "$frozen/include"
cp -R "$include/muster" "$frozen/include/"
cp "$root/tests/abi/plugins/every.c" "$frozen/plugin.c"
cp "$scratch/layout.txt" "$frozen/layout.txt"
(cd "$here" && find "$version" -type f | LC_ALL=C sort | xargs sha256sum) >>"$root/tests/abi/frozen.sha256"
echo "frozen: $version"
