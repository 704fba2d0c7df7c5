#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A frozen file never changes: each has the hash that was written down when it was frozen, and there are no others. Then
# the same check on a copy with one byte changed, one file added and one removed.
. "$(dirname "$0")/common.sh"
sums=$ABI_ROOT/tests/abi/frozen.sha256

unchanged() # DIRECTORY
{
    (cd "$1" && sha256sum --quiet --strict -c "$sums") || return 1
    awk '{ print $2 }' "$sums" | sort >"$work/listed"
    (cd "$1" && find [0-9]* -type f | sort) >"$work/present"
    diff "$work/listed" "$work/present"
}

copy()
{
    rm -rf "$work/abi"
    cp -R "$ABI_ROOT/sdk/abi" "$work/abi"
}

unchanged "$ABI_ROOT/sdk/abi" || fail "frozen files were changed, added or removed: see docs/abi/README.md"

copy
sed -i 's/#define MUSTER_STOP_FAIL  1/#define MUSTER_STOP_FAIL  5/' "$work/abi/1.0/include/muster/plugin.h"
must_fail "a changed file" unchanged "$work/abi"
copy
echo "struct muster_late 0" >"$work/abi/1.0/late.txt"
must_fail "an added file" unchanged "$work/abi"
copy
rm "$work/abi/1.0/include/muster/ext/steps.h"
must_fail "a removed file" unchanged "$work/abi"
