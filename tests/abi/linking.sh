#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# linking.sh COMPILER: what linkers may do to a plugin's registering sections. Every linker that is here, with and
# without link-time optimisation, each removing unused sections: all scenarios, fixtures and steps are still there, the
# scenarios in the order of their lines, and nothing but the entry is exported. Then the macros as they must not be,
# whose loss these checks must notice.
. "$(dirname "$0")/common.sh"
cc=$1
need "$cc"
cd "$work"
sections="-std=c11 -O2 -fPIC -ffunction-sections -fdata-sections -D_POSIX_C_SOURCE=200809L -I $include"
gc="-shared -Wl,--gc-sections -Wl,-z,defs"

cat >parts.expected <<'X'
plugin abi.parts 1.0.0 minor 2
needs 1.1
scenario parts_first.c:5 zebra first
scenario parts_first.c:10 apple
scenario parts_second.c:10 mango
scenario parts_third.c:10 cherry
fixture fruit(str colour=red) scope 1
step peeled(i32 layers=3) i32
cleanup mango.forget
passed zebra
passed apple
passed mango
passed cherry[colour=red]
passed cherry[colour=black]
peeled: 2
X
echo muster_plugin_v1 >exports.expected

compile() # SUFFIX FLAGS...
{
    suffix=$1
    shift
    for part in parts parts_first parts_second parts_third empty every service; do
        # shellcheck disable=SC2086
        "$cc" $sections "$@" -c -o "$part$suffix.o" "$plugins/$part.c"
    done
    # shellcheck disable=SC2086
    "$cc" $sections "$@" -c -o "old$suffix.o" "$ABI_ROOT/sdk/abi/1.0/plugin.c"
}

# The objects stand in the order that suits the sections least.
link_parts() # SUFFIX FLAGS...
{
    suffix=$1
    shift
    # shellcheck disable=SC2086
    "$cc" $gc "$@" -o parts.so "parts_third$suffix.o" "parts_second$suffix.o" "parts$suffix.o" "parts_first$suffix.o"
}

lists_all()
{
    "$ABI_LOADER" --run ./parts.so >parts.actual 2>parts.log || return 1
    diff -u parts.expected parts.actual
}

sees_only_its_own() # SUFFIX FLAGS...
{
    suffix=$1
    shift
    # shellcheck disable=SC2086
    "$cc" $gc "$@" -o every.so "every$suffix.o"
    "$ABI_LOADER" --global ./every.so ./parts.so >both.actual
    grep -c '^scenario parts' both.actual | grep -qx 4 || return 1
    [ "$(grep -c '^scenario every' both.actual)" = "$(grep -c '^SCENARIO' "$plugins/every.c")" ]
}

# A plugin that uses nothing of 1.1 leaves the fields of 1.1 zero, so that a runner of 1.0 takes it.
asks_for_nothing_new() # SUFFIX FLAGS...
{
    suffix=$1
    shift
    # shellcheck disable=SC2086
    "$cc" $gc "$@" -o old.so "old$suffix.o"
    "$ABI_LOADER" ./old.so >old.actual
    grep -q '^scenario ' old.actual && ! grep '^needs' old.actual
}

brings_a_fixture_only() # SUFFIX FLAGS...
{
    suffix=$1
    shift
    # shellcheck disable=SC2086
    "$cc" $gc "$@" -o service.so "service$suffix.o"
    "$ABI_LOADER" ./service.so >service.actual
    printf 'plugin abi.service 1.0.0 minor 2\nneeds 1.1\nfixture service() scope 3\n' | diff -u - service.actual
}

# A file that was compiled with the headers of 1.0, in a plugin of today.
takes_a_part_of_1_0()
{
    printf '#include <muster/muster.h>\nSCENARIO(of_1_0) { DEFER("old", "it"); }\n' >old_part.c
    printf 'CLEANUP(old, "old") { LOG("%%s", payload); }\n' >>old_part.c
    "$cc" -std=c11 -fPIC -I "$ABI_ROOT/sdk/abi/1.0/include" -c -o old_part.o old_part.c
    # shellcheck disable=SC2086
    "$cc" $gc -o mixed.so old_part.o parts.o parts_first.o parts_second.o parts_third.o
    "$ABI_LOADER" --run ./mixed.so >mixed.actual 2>mixed.log
    { cat parts.expected && printf 'scenario old_part.c:2 of_1_0\ncleanup old\npassed of_1_0\n'; } | sort >mixed.expected
    sort mixed.actual | diff -u mixed.expected -
}

bounds_are_bindable()
{
    readelf --dyn-syms -W "$1" | grep -E ' (DEFAULT|PROTECTED) .* __(start|stop)_muster'
}

trap_of() # LINKER: a plugin from macros without what holds them
{
    collect=-Wl,-z,start-stop-gc
    compile .weak -include "$plugins/traps.h" -DTRAP_WEAK
    link_parts .weak -fuse-ld="$1" $collect || fail "$1: the weak variant should link: it loses its scenarios in silence"
    must_fail "$1: the loss of all scenarios" lists_all
    "$ABI_LOADER" ./parts.so >lost.actual 2>&1 && fail "$1: a plugin that lost its scenarios was taken"
    grep -q 'no scenario' lost.actual || fail "$1: $(cat lost.actual)"
    compile .bare -include "$plugins/traps.h"
    must_fail "$1: sections that nothing holds, with bounds that are not weak" link_parts .bare -fuse-ld="$1" $collect
}

check_linker() # LINKER SUFFIX FLAGS...
{
    linker=$1
    suffix=$2
    shift 2
    what="$cc $linker $*"
    link_parts "$suffix" -fuse-ld="$linker" "$@" || fail "$what: link"
    lists_all || fail "$what: scenarios, fixtures or steps are missing or out of order"
    bounds_are_bindable parts.so && fail "$what: the bounds of the sections can be bound from outside"
    sees_only_its_own "$suffix" -fuse-ld="$linker" "$@" || fail "$what: one plugin sees another's sections"
    link_parts "$suffix" -fuse-ld="$linker" -Wl,--version-script="$map" "$@"
    exports parts.so >exports.actual
    same exports.expected exports.actual "$what: a plugin exports more than its entry"
    lists_all || fail "$what: the version script loses entries"
    asks_for_nothing_new "$suffix" -fuse-ld="$linker" "$@" || fail "$what: a plugin that uses 1.0 alone asks for 1.1"
    brings_a_fixture_only "$suffix" -fuse-ld="$linker" "$@" || fail "$what: a plugin with a fixture alone"
    # shellcheck disable=SC2086
    "$cc" $gc -fuse-ld="$linker" "$@" -o empty.so "empty$suffix.o" || fail "$what: a plugin with nothing in it must link"
    status=0
    "$ABI_LOADER" ./empty.so >empty.actual 2>&1 || status=$?
    [ $status = 3 ] || fail "$what: an empty plugin was not refused"
    echo "holds: $what"
}

# Not every compiler can optimise with every linker: lld takes gcc's intermediate code for an empty file, without a word.
can_link() # FLAGS...
{
    echo 'int something = 1;' >something.c
    "$cc" -fPIC -shared "$@" -o something.so something.c && exports something.so 2>&1 | grep -qx something
}

compile ""
compile .lto -flto
takes_a_part_of_1_0 || fail "$cc: a file of 1.0 in a plugin of today: $(cat mixed.log)"
for linker in bfd gold lld; do
    if ! command -v "ld.$linker" >/dev/null; then
        [ "${ABI_REQUIRE:-0}" = 0 ] || fail "ld.$linker is not installed, and MUSTER_REQUIRE_LANGUAGES is on"
        echo "left out: ld.$linker is not installed"
        continue
    fi
    check_linker $linker ""
    if [ $linker != gold ]; then # which has no such option, and keeps sections whose bounds are used
        check_linker $linker "" -Wl,-z,start-stop-gc
        trap_of $linker
    fi
    if can_link -flto -fuse-ld=$linker; then
        check_linker $linker .lto -flto -O2
    else
        echo "left out: $cc -flto with ld.$linker, which does not read its intermediate code"
    fi
done
