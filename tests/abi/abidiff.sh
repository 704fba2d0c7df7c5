#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What abidiff says of today's interface against the newest frozen one. A report and not a test: it takes a swap of two
# fields of one type for harmless, and the gate does not.
. "$(dirname "$0")/common.sh"
need abidiff
for frozen in "$ABI_ROOT"/sdk/abi/*.*/; do
    newest=$frozen
done
# One plugin with the headers of either side, since abidiff follows types from exported symbols.
flags="-std=c11 -g -fPIC -shared -fno-eliminate-unused-debug-types"
# shellcheck disable=SC2086
cc $flags -I "$newest/include" -o "$work/frozen.so" "$newest/plugin.c"
# shellcheck disable=SC2086
cc $flags -I "$include" -o "$work/today.so" "$newest/plugin.c"
# Bits of the exit status: 1 and 2 are errors of the tool, 4 and 8 are differences.
status=0
abidiff --no-added-syms --non-reachable-types "$work/frozen.so" "$work/today.so" || status=$?
[ $((status & 3)) = 0 ] || fail "abidiff failed"
[ $status = 0 ] && echo "abidiff: no difference to $(basename "$newest")"
exit 0
