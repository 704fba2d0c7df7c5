#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# places.sh BUILD COMPILER STANDARD: a function of the kit that ends a scenario names the author's line that called it,
# in every kit, in C and in C++; and its headers compile there without a warning.
. "$(dirname "$0")/common.sh"
kits=$1/sdk/kit
compiler_is "$2"
standard=$3
need_runner
cd "$work"
cp "$plugins/places.c" .

# Groups, since the kits use each other. The runtime of a sanitizer that these were built with is the runner's.
# shellcheck disable=SC2086
"$compiler" -x $language -std="$standard" $warnings -O2 -g -fPIC -shared -Wl,--version-script="$map" $includes \
    -o places.so places.c -x none -Wl,--start-group "$kits"/libmuster-kit-*.a -Wl,--end-group -ljansson -ldl -lpthread ||
    fail "$compiler $standard: a plugin with every kit"
exports places.so >exports.actual
echo muster_plugin_v1 >exports.expected
same exports.expected exports.actual "$compiler $standard: a plugin with every kit exports more than its entry"

"$ABI_MUSTER" run --out out ./places.so >run.log 2>&1 || true
grep -q 'PASS .*names_are_free' run.log || fail "$compiler $standard: the kit takes a name: $(cat run.log)"
grep 'sdk/kit' run.log && fail "$compiler $standard: a line of the kit's is named"
marks=$(sed -n 's|.*/\* \([a-z]*_[a-z_]*\) \*/$|\1|p' places.c)
[ "$(echo "$marks" | wc -l)" -ge 24 ] || fail "lines are missing in places.c: $marks"
for mark in $marks; do
    line=$(grep -n "/\* $mark \*/" places.c | cut -d: -f1)
    grep -A 2 -E "(FAIL|ERROR) .*abi\.places\.$mark\$" run.log | grep -q "places\.c:$line: " ||
        fail "$compiler $standard: $mark does not name line $line: $(cat run.log)"
done

# What has no URL is told where to give one.
for given in '--set NAME=http://' '--set NAME=ws://' m_publish; do
    grep -qF -- "$given" run.log || fail "$compiler $standard: no word of $given: $(cat run.log)"
done

# What a call complains of is a line of the log, at its place; a call that was good leaves none behind.
sed -n 's|.*/\* complaint: \(.*\) \*/$|\1|p' places.c >complaints
[ "$(wc -l <complaints)" = 3 ] || fail "complaints are missing in places.c: $(cat complaints)"
while read -r complaint; do
    line=$(grep -nF "/* complaint: $complaint */" places.c | cut -d: -f1)
    grep -F "$complaint" out/latest/events.jsonl | grep -q "places\.c\",\"line\":${line}[,}]" ||
        fail "$compiler $standard: \"$complaint\" does not name line $line: $(grep -F "$complaint" out/latest/events.jsonl)"
done <complaints
grep -A 2 'ERROR .*abi\.places\.no_place_is_left$' run.log >left || fail "no_place_is_left: $(cat run.log)"
grep -q 'a check that is NULL' left && ! grep -q 'places\.c:' left || fail "a place is left: $(cat left)"
