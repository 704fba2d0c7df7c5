#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# messages.sh COMPILER STANDARD: what checks with a message show, optimised or not; that it reaches each report; and a
# compiler's warning of arguments that do not fit it.
. "$(dirname "$0")/common.sh"
compiler_is "$1"
standard=$2
cd "$work"
case $language in
c++) temporary='std::string("a string in a temporary object").c_str()' ;;
c) temporary='named("a string in a temporary object").name' ;;
esac

cat >expected <<X
status == OK: false, true (tenant 7)
status == OK: 500, 200 (number 8)
status < OK: 500, 200 (no argument)
"a,b(" == "c,)\"": a,b(, c,)" (of a, b()
"abc" contains ",": abc, , (two arguments)
"abc" == "abd" for 3 bytes: 63, 64 (besides its own, x; first difference at byte 2)
"abc" == "abd" for 3 bytes: 63, 64 (first difference at byte 2)
1.0 == 2.0 within 0.5: 1, 2 (apart; differ by 1)
'\'' == ',': false, true (quotes)
named("a name in a temporary").name == "another": a name in a temporary, another (it lives)
$temporary == "another": a string in a temporary object, another (it lives)
0: false, true (0123456789012345678901234567)
which: false, true (required 0)
which == 0: 1, 0 (required 1)
which == 0: 2, 0 (required 2)
"a" == "b": a, b (required 3)
"a" contains "b": a, b (required 4)
"a" == "b" for 1 bytes: 61, 62 (required 5; first difference at byte 0)
which == 0 within 0: 6, 0 (required 6; differ by 6)
counted(1) == 2: 1, 2 (evaluated 3)
1 == 2: 1, 2 (innermost)
0: false, true (inner 0)
"a" == "b": a, b (outer 0)
X
# The outer one of both: its text is that of another line above.
sed -i '/^counted/a 0: false, true (outer 1)' expected

for optimise in -O0 -O2; do
    "$compiler" -x $language -std="$standard" $optimise -fPIC -shared -Wl,-z,defs -I "$include" -o messages.so \
        "$plugins/messages.c"
    "$ABI_LOADER" --run ./messages.so >/dev/null 2>log || fail "the minimal host refuses it: $(cat log)"
    sed -n 's/^ .*messages\.c:[0-9]*: //p' log | LC_ALL=C sort >actual
    LC_ALL=C sort expected | diff - actual >differ || fail "$compiler $standard $optimise: $(cat differ)"
    ! grep stop log || fail "$compiler $standard $optimise: $(cat log)"
done

reports_it() # FILE
{
    grep -q 'tenant 7' "$1" || fail "$1 lacks the message: $(cat "$1")"
}

if [ -x "${ABI_MUSTER:-}" ]; then
    "$ABI_MUSTER" run --out out ./messages.so >run.log 2>&1 || true
    for report in run.log out/latest/junit.xml out/latest/results.json out/latest/events.jsonl; do
        reports_it "$report"
    done
fi

# warns LINE: the others are fine
warns()
{
    printf '#include <muster/muster.h>\nSCENARIO(s)\n{\n    int a = 1;\n    %s;\n}\n' "$1" >case
    # shellcheck disable=SC2086
    "$compiler" -x $language -std="$standard" $strict -fsyntax-only -I "$include" case
}
for check in 'CHECK(a, ' 'CHECK_INT(a, ==, 1, ' 'REQUIRE_STR_HAS("a", "a", ' 'CHECK_DOUBLE(a, 1, 0, '; do
    warns "$check\"%d\", a)" || fail "$compiler $standard: $check"
    must_fail "$check: a wrong argument" warns "$check\"%s\", a)"
    grep -q '[Ww]format\|error=format' must_fail.log || fail "$compiler $standard: $check: $(cat must_fail.log)"
    must_fail "$check: a missing argument" warns "$check\"%d\")"
    must_fail "$check: a message that is no literal" warns "${check}__func__)"
done

# Where a value is missing, that is said.
for check in 'CHECK()' 'CHECK_INT(a, ==)' 'CHECK_UINT(a, ==)' 'CHECK_STR("", ==)' 'CHECK_STR_HAS("")' 'CHECK_MEM("", "")' \
    'CHECK_DOUBLE(1, 1)' 'CHECK_JSON("", "")' 'REQUIRE()' 'REQUIRE_INT(a, ==)'; do
    must_fail "$check" warns "$check"
    grep -q 'a value is missing' must_fail.log || fail "$compiler $standard: $check: $(cat must_fail.log)"
done
