#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Today's runner on plugins from every frozen minor: it lists and runs them, and refuses one without scenarios. The
# frozen plugin also still compiles with today's headers: an author's source holds as long as the binary does.
. "$(dirname "$0")/common.sh"
if [ ! -x "${ABI_MUSTER:-}" ]; then
    echo "skipped: the runner is not built"
    exit 77
fi
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
    rm -rf out
    "$ABI_MUSTER" run --out out "$1" >run.log 2>&1 || fail "$2: muster run: $(cat run.log)"
    grep -q '4 passed' run.log || fail "$2: want 4 passed and 1 skipped: $(cat run.log)"
    grep -q '1 skipped' run.log || fail "$2: want 4 passed and 1 skipped: $(cat run.log)"
}

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

build empty.so "$include" "$plugins/empty.c"
status=0
"$ABI_MUSTER" run --out out-empty ./empty.so >empty.log 2>&1 || status=$?
[ $status = 6 ] || fail "an empty plugin: want exit status 6, have $status: $(cat empty.log)"
grep -q 'empty\.so' empty.log || fail "the refusal does not name the plugin: $(cat empty.log)"
