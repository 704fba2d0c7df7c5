#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Today's runner on plugins from every frozen minor: it lists and runs them, and refuses one without scenarios. The
# frozen plugin also still compiles with today's headers: an author's source holds as long as the binary does.
. "$(dirname "$0")/common.sh"
need_runner
cc=${CC:-cc}
cd "$work"

build() # OUTPUT INCLUDE-DIR SOURCE...
{
    output=$1
    headers=$2
    shift 2
    "$cc" -std=c11 -fPIC -shared -Wl,--version-script="$map" -Wl,-z,defs -I "$headers" -o "$output" "$@"
}

runs() # PLUGIN WHAT
{
    "$ABI_MUSTER" list "$1" >list.log 2>&1 || fail "$2: muster list: $(cat list.log)"
    for id in every_field no_fields_at_all every_check every_extension skips; do
        grep -q "abi\.every\.$id" list.log || fail "$2: $id is not listed: $(cat list.log)"
    done
    cases=$(grep -c 'abi\.every\.' list.log)
    rm -rf out
    "$ABI_MUSTER" run --out out "$1" >run.log 2>&1 || fail "$2: muster run: $(cat run.log)"
    for outcome in "$((cases - 1)) passed" "1 skipped"; do
        grep -q "[^0-9]$outcome" run.log || fail "$2: want $((cases - 1)) passed and 1 skipped: $(cat run.log)"
    done
}

# What a plugin since 1.1 reads beside it.
printf 'plan,seats\npro,10\nfree,1\n' >every.csv

for frozen in "$ABI_ROOT"/sdk/abi/*.*/; do
    version=$(basename "$frozen")
    build "frozen-$version.so" "$frozen/include" "$frozen/plugin.c"
    runs "./frozen-$version.so" "a plugin of $version"
    build "source-$version.so" "$include" "$frozen/plugin.c"
    runs "./source-$version.so" "the source of $version with today's headers"
done

# Sections are in no order; the list is in that of files and lines.
build parts.so "$include" "$plugins/parts_second.c" "$plugins/parts.c" "$plugins/parts_first.c"
"$ABI_MUSTER" list ./parts.so >list.log 2>&1 || fail "muster list: $(cat list.log)"
grep -o 'abi\.parts\.[a-z]*' list.log | awk '!seen[$0]++' >order.actual
printf 'abi.parts.%s\n' zebra apple mango >order.expected
same order.expected order.actual "the list is not in the order of files and lines"

refused() # PLUGIN WHAT PATTERN...: exit status 6, and a message that names the plugin and says all of it
{
    plugin=$1
    what=$2
    shift 2
    status=0
    rm -rf out
    "$ABI_MUSTER" run --out out "./$plugin" >refused.log 2>&1 || status=$?
    [ $status = 6 ] || fail "$what: want exit status 6, have $status: $(cat refused.log)"
    for pattern in "$plugin" "$@"; do
        grep -q -- "$pattern" refused.log || fail "$what: the refusal does not say '$pattern': $(cat refused.log)"
    done
}

build empty.so "$include" "$plugins/empty.c"
refused empty.so "a plugin without scenarios" "no scenarios"

# A plugin of the next minor: taken as long as it leaves the new field alone, and refused when it does not.
next=$(($(sed -n 's/^#define MUSTER_ABI_MINOR //p' "$include/muster/plugin.h") + 1))
cp -R "$include" newer
sed -i "s/^#define MUSTER_ABI_MINOR .*/#define MUSTER_ABI_MINOR $next/
    /^struct muster_scenario {/,/^};/s/^    void (\*call)(void);/&\n    uint64_t from_the_future;/" newer/muster/plugin.h
scenario()
{
    printf '#include <muster/muster.h>\nSCENARIO(one, %s) { CHECK(1); }\nMUSTER_PLUGIN("abi.newer", "1")\n' "$1" >newer.c
}
scenario '.summary = "of a newer minor"'
build newer.so newer newer.c
"$ABI_MUSTER" run --out out ./newer.so >run.log 2>&1 || fail "a newer minor that uses nothing new: $(cat run.log)"
scenario '.from_the_future = 1'
build newer.so newer newer.c
refused newer.so "a newer minor that uses a new field" "offset 136" "1\.$next"
scenario '.flags = 1u << 31'
build newer.so "$include" newer.c
refused newer.so "an unknown flag" "flags 0x80000000"
scenario '.reserved2 = 1'
build newer.so "$include" newer.c
refused newer.so "a reserved field that is not zero" reserved
