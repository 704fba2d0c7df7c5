#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Today's headers against every frozen minor: by DWARF and by static assertions, with each compiler. Then the same check
# of headers that were broken on purpose against today's, as if these were frozen: it must refuse each, and take what
# may grow.
. "$(dirname "$0")/common.sh"
. "$ABI_ROOT/sdk/abi/tables.sh"
here=$ABI_ROOT/tests/abi

hold_against() # COMPILER INCLUDE-DIR FROZEN-TABLE
{
    layout_table "$1" "$2" "$work" >"$work/today.txt" || return 1
    awk -f "$here/compare.awk" "$3" "$work/today.txt" || return 1
    assertions_hold "$@"
}

assertions_hold() # COMPILER INCLUDE-DIR FROZEN-TABLE
{
    { probe_source "$2" && awk -f "$here/assertions.awk" "$3"; } >"$work/assertions.c"
    "$1" -std=c11 -I "$2" -fsyntax-only "$work/assertions.c"
}

# edited FILE SED-SCRIPT: a copy of the headers with an edit, which has to be one.
edited()
{
    rm -rf "$work/edited"
    cp -R "$include" "$work/edited"
    sed -i "$2" "$work/edited/muster/$1"
    ! cmp -s "$include/muster/$1" "$work/edited/muster/$1" || fail "the edit of $1 changes nothing: $2"
}

refuses()
{
    edited "$2" "$3"
    must_fail "$1" hold_against cc "$work/edited" "$work/frozen.txt"
    echo "refused: $1: $(head -n 1 "$work/must_fail.log")"
}

takes()
{
    edited "$2" "$3"
    sed -i 's/^#define MUSTER_ABI_MINOR .*/#define MUSTER_ABI_MINOR 99/' "$work/edited/muster/plugin.h"
    hold_against cc "$work/edited" "$work/frozen.txt" || fail "$1 should be permitted in a later minor"
}

for table in "$ABI_ROOT"/sdk/abi/*/layout.txt; do
    for cc in gcc clang; do
        command -v $cc >/dev/null || continue
        hold_against $cc "$include" "$table" || fail "today's headers break $table ($cc)"
    done
done
layout_table cc "$include" "$work" >"$work/frozen.txt"
# In muster_scenario alone: another struct has a field of this name.
append='/^struct muster_scenario {/,/^};/s/^    void (\*call)(void);/&\n    uint64_t weight;/'

refuses "a swap of two fields of one type" plugin.h \
    's/ timeout_ms;\( .*of the body\)/ HELD;\1/; s/ setup_timeout_ms;/ timeout_ms;/; s/ HELD;/ setup_timeout_ms;/'
must_fail "the swap, by the static assertions," assertions_hold cc "$work/edited" "$work/frozen.txt"
refuses "a field in the middle" plugin.h 's/^    uint32_t reruns; /    uint32_t weight, weight2; &/'
refuses "another type of one size" plugin.h 's/(\*log)(struct muster_ctx \*ctx, int32_t level/(*log)(struct muster_ctx *ctx, uint32_t level/'
refuses "a field less" plugin.h '/^    uint64_t n_cleanups;/d'
refuses "a renamed field" plugin.h 's/ reruns; / retries; /'
refuses "an appended field in the same minor" plugin.h "$append"
refuses "a named reserve in the same minor" plugin.h 's/^    uint32_t reserved2;/    uint32_t weight;/'
refuses "another value of a constant" plugin.h 's/^#define MUSTER_STOP_SKIP .*/#define MUSTER_STOP_SKIP 4/'
refuses "another id of an extension" ext/steps.h 's|muster.steps/1|muster.steps/2|'
refuses "a constant in the same minor" plugin.h 's/^#define MUSTER_STOP_SKIP .*/&\n#define MUSTER_STOP_LATER 4/'
refuses "a struct in the same minor" ext/steps.h 's/^struct muster_ext_steps {/struct muster_new {\n    uint64_t x;\n};\n&/'
refuses "hidden padding" ext/steps.h 's/^    uint32_t reserved;$//'
refuses "a larger table of the host" plugin.h \
    's/^#define MUSTER_ABI_MINOR .*/#define MUSTER_ABI_MINOR 99/; s/^    uint32_t minor; .*/&\n    uint64_t more;/'
refuses "growth of a struct without a size" plugin.h \
    's/^#define MUSTER_ABI_MINOR .*/#define MUSTER_ABI_MINOR 99/; s/^    const struct muster_host \*host;/&\n    void *more;/'

takes "an appended field" plugin.h "$append"
takes "a named reserve" plugin.h 's/^    uint32_t reserved2;/    uint32_t weight;/'
takes "an appended function of an extension" ext/target.h 's/^    const char \*const \*(\*operations).*/&\n    uint64_t (*count)(struct muster_ctx *ctx);/'
takes "a new constant" plugin.h 's/^#define MUSTER_STOP_SKIP .*/&\n#define MUSTER_STOP_LATER 4/'
