#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# headers.sh COMPILER STANDARD...: each header alone, a plugin that uses every macro, and the templates compile without
# a warning as each standard. What must not compile, does not.
. "$(dirname "$0")/common.sh"
compiler_is "$1"
shift
case $language in
c++) plain=-Wno-old-style-cast template=$ABI_ROOT/sdk/template/cpp/scenarios.cpp ;;
c) plain='' template=$ABI_ROOT/sdk/template/c/scenarios.c ;;
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
rejects() # WRONG RIGHT: statements
{
    body='    double d = 1.5; int a = 1; const char *p = "";\n    (void)d; (void)a; (void)p;\n'
    refused_unlike "SCENARIO(s)\n{\n$body    $1;\n}\n" "SCENARIO(s)\n{\n$body    $2;\n}\n" "$1"
}

rejects_entry() # WRONG RIGHT: SCENARIO(...) and its like, without a body; what is wrong is said
{
    refused_unlike "$1 { }\n" "$2 { }\n" "$1"
    [ $# = 2 ] || grep -q -- "$3" "$work/must_fail.log" || fail "$compiler $std: $1: $(cat "$work/must_fail.log")"
}

refused_unlike() # WRONG RIGHT WHAT
{
    printf "#include <muster/muster.h>\n%b" "$2" >"$work/case"
    compiles "$std" "$work/case" -I "$include" || fail "$compiler $std: $2"
    printf "#include <muster/muster.h>\n%b" "$1" >"$work/case"
    must_fail "$compiler $std: $3" compiles "$std" "$work/case" -I "$include"
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

    rejects_entry 'SCENARIO(s, PARAMS((string, plan)))' 'SCENARIO(s, PARAMS((str, plan)))' M_TYPE_string
    rejects_entry 'SCENARIO(s, PARAMS((none, plan)))' 'SCENARIO(s, PARAMS((i64, plan)))'
    rejects_entry 'SCENARIO(s, PARAMS((str, plan), (i32, plan)))' 'SCENARIO(s, PARAMS((str, plan), (i32, size)))' plan
    rejects_entry 'SCENARIO(s, PARAMS((i32, seats, 1)))' 'SCENARIO(s, PARAMS((i32, seats, "1")))'
    rejects_entry 'SCENARIO(s, PARAMS((i32, seats, "1", "how many", "more")))' \
        'SCENARIO(s, PARAMS((i32, seats, "1", "how many")))'
    rejects_entry 'SCENARIO(s, PARAMS((i32)))' 'SCENARIO(s, PARAMS((i32, seats)))'
    rejects_entry 'SCENARIO(s, PARAMS())' 'SCENARIO(s)'
    rejects_entry 'SCENARIO(s, (str, plan))' 'SCENARIO(s, PARAMS((str, plan)))'
    rejects_entry 'SCENARIO(s, .summary = "late", PARAMS((str, plan)))' 'SCENARIO(s, PARAMS((str, plan)), .summary = "")'
    twelve='(i32, a), (i32, b), (i32, c), (i32, d), (i32, e), (i32, f), (i32, g), (i32, h), (i32, i), (i32, j), (i32, k)'
    rejects_entry "SCENARIO(s, PARAMS($twelve, (i32, l), (i32, m)))" "SCENARIO(s, PARAMS($twelve, (i32, l)))" 'at most 12'
    rejects_entry "SCENARIO(s, PARAMS($twelve, (i32, l), $twelve, $twelve))" "SCENARIO(s, PARAMS($twelve, (i32, l)))"

    rejects_entry 'FIXTURE(f, MUSTER_SCOPE_RUN, PARAMS((text, plan)))' 'FIXTURE(f, MUSTER_SCOPE_RUN, PARAMS((str, plan)))'
    rejects_entry 'FIXTURE(f, MUSTER_SCOPE_RUN, PARAMS((none, plan)))' 'FIXTURE(f, MUSTER_SCOPE_RUN, PARAMS((u64, plan)))'
    rejects_entry 'FIXTURE(f, MUSTER_SCOPE_RUN, PARAMS((str, plan), (str, plan)))' \
        'FIXTURE(f, MUSTER_SCOPE_RUN, PARAMS((str, plan), (str, size)))' plan
    rejects_entry 'FIXTURE(f)' 'FIXTURE(f, MUSTER_SCOPE_ATTEMPT)'
    rejects_entry 'DATA_STEP(void, s)' 'DATA_STEP(none, s)' M_TYPE_void
    rejects_entry 'DATA_STEP(none, s, PARAMS((str, a), (str, a)))' 'DATA_STEP(none, s, PARAMS((str, a), (str, b)))'

    for_tables='SCENARIO(s, PARAMS((str, plan), (i32, seats)), .tables = TABLES'
    rows='more or fewer cells'
    rejects_entry "$for_tables(TABLE(COLUMNS(\"plan\", \"seats\"), ROW(\"pro\", \"1\"), ROW(\"free\"))))" \
        "$for_tables(TABLE(COLUMNS(\"plan\", \"seats\"), ROW(\"pro\", \"1\"), ROW(\"free\", NULL))))" "$rows"
    rejects_entry "$for_tables(TABLE(COLUMNS(\"plan\", \"seats\"), ROW(\"pro\" \"1\"))))" \
        "$for_tables(TABLE(COLUMNS(\"plan\", \"seats\"), ROW(\"pro\", \"1\"))))" "$rows"
    rejects_entry "$for_tables(TABLE(COLUMNS(\"plan\", \"seats\"), ROW(\"pro\", \"1\", \"eu\"))))" \
        "$for_tables(TABLE(COLUMNS(\"plan\", \"seats\"), ROW(\"pro\", \"1\"))))" "$rows"
    rejects_entry "$for_tables(TABLE(COLUMNS(\"seats\"), ROW(1))))" "$for_tables(TABLE(COLUMNS(\"seats\"), ROW(\"1\"))))"
    rejects_entry "$for_tables(TABLE(\"seats\", ROW(\"1\"))))" "$for_tables(TABLE(COLUMNS(\"seats\"), ROW(\"1\"))))"
    rejects_entry "$for_tables(TABLE_FILE(\"x.csv\", ROW(\"1\"))))" "$for_tables(TABLE_FILE(\"x.csv\")))"
    rejects_entry "$for_tables(TABLE_FILE(\"x.csv\", COLUMNS(\"plan\"), ROW(\"1\"))))" \
        "$for_tables(TABLE_FILE(\"x.csv\", COLUMNS(\"plan\"))))"
done
