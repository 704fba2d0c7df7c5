#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# headers.sh COMPILER STANDARD...: each header alone, a plugin that uses every macro, and the templates compile without
# a warning as each standard. What must not compile, does not.
. "$(dirname "$0")/common.sh"
compiler=$1
shift
need "$compiler"
case $compiler in
*++) language=c++ plain=-Wno-old-style-cast warnings=$strict_cxx template=$ABI_ROOT/sdk/template/cpp/scenarios.cpp ;;
*) language=c plain='' warnings=$strict_c template=$ABI_ROOT/sdk/template/c/scenarios.c ;;
esac

# The macros don't lean on the headers' being system headers: the same without the pragma.
cp -R "$include" "$work/plain"
sed -i '/^#pragma GCC system_header/d' "$work"/plain/muster/*.h

compiles() # STANDARD FILE [FLAG...]
{
    std=$1
    file=$2
    shift 2
    # shellcheck disable=SC2086
    "$compiler" -x $language -std="$std" $warnings -fsyntax-only "$@" "$file"
}

# Refused under every standard, for the reason meant: the line is fine without the mistake.
rejects() # WRONG RIGHT
{
    for line in "$1" "$2"; do
        printf '#include <muster/muster.h>\nSCENARIO(s)\n{\n    double d = 1.5; int a = 1; const char *p = "";\n' >"$work/case"
        printf '    (void)d; (void)a; (void)p;\n    %s;\n}\n' "$line" >>"$work/case"
        if [ "$line" = "$2" ]; then
            compiles "$std" "$work/case" -I "$include" || fail "$compiler $std: $line"
        else
            must_fail "$compiler $std: $line" compiles "$std" "$work/case" -I "$include"
        fi
    done
}

for std in "$@"; do
    (cd "$include" && printf '%s\n' muster/*.h muster/ext/*.h) >"$work/headers"
    while read -r header; do
        printf '#include <%s>\nextern int something;\n' "$header" >"$work/alone"
        compiles "$std" "$work/alone" -I "$include" || fail "$compiler $std: $header alone"
    done <"$work/headers"
    compiles "$std" "$plugins/every.c" -I "$include" || fail "$compiler $std: every macro"
    # shellcheck disable=SC2086
    compiles "$std" "$plugins/every.c" -I "$work/plain" $plain || fail "$compiler $std: every macro, plain"
    compiles "$std" "$template" -I "$include" || fail "$compiler $std: the template"

    rejects 'CHECK_INT(d, ==, 1)' 'CHECK_INT(a, ==, 1)'
    rejects 'CHECK_INT(p, !=, 0)' 'CHECK(p)'
    rejects 'CHECK_INT(a, =, 1)' 'CHECK_INT(a, ==, 1)'
    rejects 'CHECK_UINT(a, =>, 1)' 'CHECK_UINT(a, >=, 1)'
    rejects 'CHECK_STR(p, ==, a)' 'CHECK_STR(p, ==, p)'
    rejects 'LOG("%s", a)' 'LOG("%d", a)'
done
