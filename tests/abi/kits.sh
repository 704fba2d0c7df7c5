#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kits.sh BUILD COMPILER STANDARD...: each macro of the kits in C++, which takes no address of a temporary object: it
# compiles without a warning, and does what it does in C. No macro of a public header is left out.
. "$(dirname "$0")/common.sh"
kits=$1/sdk/kit
compiler=$2
shift 2
need "$compiler"
need_runner
cd "$work"
: >all.h
for kit in "$ABI_ROOT"/sdk/kit/*/include; do
    (cd "$kit" && printf '#include <%s>\n' muster/kit/*.h) >>all.h
done

# The long name or the short one, in the plugin of the kits or in that of the rest. Names with an underscore at the end
# are the headers' own; these have a number pasted behind it.
# shellcheck disable=SC2086
"$compiler" -x c++ -std="$1" $includes -dM -E all.h | sed -n 's/^#define M_\([A-Z0-9_]*[A-Z0-9]\)[( ].*/\1/p' |
    grep -v '^PARAM_VALUE_OF_[0-9]$' | LC_ALL=C sort -u >macros
grep -qx REQUEST macros || fail "the macros of the headers: $(cat macros)"
while read -r name; do
    grep -qE "(^|[^A-Za-z0-9_])(M_)?$name([^A-Za-z0-9_]|\$)" "$plugins/kits.cpp" "$plugins/every.c" || echo "M_$name"
done <macros >unused
[ ! -s unused ] || fail "in neither kits.cpp nor every.c: $(cat unused)"

for std in "$@"; do
    for optimise in -O0 -O2; do
        # shellcheck disable=SC2086
        "$compiler" -std="$std" $strict_cxx $optimise -g -fPIC -shared -Wl,--version-script="$map" $includes $ABI_CFLAGS \
            -o kits.so "$plugins/kits.cpp" -Wl,--start-group "$kits"/libmuster-kit-*.a -Wl,--end-group -ljansson -ldl \
            -lpthread || fail "$compiler $std: the macros of the kits"
        "$ABI_MUSTER" run --out out ./kits.so >run.log 2>&1 || fail "$compiler $std $optimise: $(cat run.log)"
        grep -q "$(grep -c '^SCENARIO(' "$plugins/kits.cpp") passed" run.log ||
            fail "$compiler $std $optimise: other scenarios: $(cat run.log)"
    done
done
