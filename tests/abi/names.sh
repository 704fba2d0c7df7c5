#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# names.sh COMPILER STANDARD: with MUSTER_NO_SHORT_NAMES the headers define no macro but M_x and MUSTER_x and, in C, the
# kit's m_x() over functions of the same name; each short name has a long one; a plugin builds beside a header whose
# macros clash, and beside <syslog.h>; a check within a check is one, and a failed one shows its arguments as they are
# written.
. "$(dirname "$0")/common.sh"
compiler_is "$1"
standard=$2
cd "$work"
ours='^M_\|^MUSTER_'
[ "$language" != c ] || ours="$ours\|^m_"
(cd "$include" && printf '#include <%s>\n' muster/muster.h) >all.h
for kit in "$ABI_ROOT"/sdk/kit/*/include; do
    (cd "$kit" && printf '#include <%s>\n' muster/kit/*.h) >>all.h
done
printf '#include <%s>\n' inttypes.h stdarg.h stddef.h stdint.h stdio.h stdlib.h string.h >system.h

macros() # FILE FLAG...: the names that it defines
{
    file=$1
    shift
    # shellcheck disable=SC2086
    "$compiler" -x $language -std="$standard" $includes -dM -E "$@" "$file" | awk '{ sub(/\(.*/, "", $2); print $2 }' | sort -u
}

macros system.h >system.names
macros all.h >short.all
macros all.h -DMUSTER_NO_SHORT_NAMES >long.all
comm -13 system.names long.all | grep -v "$ours" >strangers && fail "with MUSTER_NO_SHORT_NAMES: $(cat strangers)"
comm -13 system.names short.all | grep -v "$ours" >shorts || fail "there are no short names"
grep -qx CHECK_INT shorts || fail "CHECK_INT is not among the short names: $(cat shorts)"
while read -r name; do
    grep -qx "M_$name" long.all || fail "$name has no M_$name"
done <shorts

build() # SOURCE FLAG...
{
    source=$1
    shift
    # shellcheck disable=SC2086
    "$compiler" -x $language -std="$standard" -Wall -Wextra -Werror -fPIC -shared -Wl,-z,defs -I "$include" "$@" \
        -o plugin.so "$source"
}

passes() # SCENARIOS
{
    "$ABI_LOADER" --run ./plugin.so >actual 2>log || fail "the minimal host refuses it: $(cat log)"
    [ "$(grep -c '^passed ' actual)" = "$1" ] || fail "$compiler $standard: want $1 passed: $(cat actual log)"
}

for flag in -DCLASH_FIRST -DCLASH_LAST; do
    build "$plugins/prefixed.c" $flag || fail "$compiler $standard $flag: beside another library's macros"
    passes 2
    must_fail "$flag: a clash of names" build "$plugins/prefixed.c" $flag -include muster/muster.h
done

printf '#include <syslog.h>\n' >syslog.first
printf '#include <muster/muster.h>\n' >muster.first
body='SCENARIO(logs) { LOG("%%d", LOG_ERR); LOG_AT(MUSTER_LOG_DEBUG, "x"); CHECK(CHECK(1) && CHECK_INT(CHECK(1), ==, 1)); }\n'
for order in 'syslog.first muster.first' 'muster.first syslog.first'; do
    # shellcheck disable=SC2086
    { cat $order && printf "$body" && printf 'MUSTER_PLUGIN("abi.syslog", "1")\n'; } >syslog.c
    build syslog.c || fail "$compiler $standard: <syslog.h> ($order)"
    passes 1
done

cat >text.c <<'C'
#include <muster/muster.h>
#define OK 200
SCENARIO(shows) { int status = 500; CHECK_INT(status, ==, OK); }
MUSTER_PLUGIN("abi.text", "1")
C
build text.c
"$ABI_LOADER" --run ./plugin.so >actual 2>&1 || true
grep -q 'status == OK' actual || fail "$compiler $standard: a failed check shows something else: $(cat actual)"
