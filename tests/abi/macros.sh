#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# macros.sh COMPILER STANDARD: the plugin that uses every macro, run by the minimal host, which calls parametrised
# scenarios and steps with native arguments. The same text does the same in C and in C++.
. "$(dirname "$0")/common.sh"
compiler_is "$1"
standard=$2
cd "$work"

sort >expected <<'X'
passed every_field
passed no_fields_at_all
passed every_check
passed every_check_with_a_message
passed every_extension
passed ends_otherwise
skipped skips
passed every_type[small=-1]
passed every_type[small=1]
passed every_row[plan=pro,seats=10,region=eu]
passed every_row[plan=pro,seats=10,region=us]
passed every_row[plan=free,seats=1,region=eu]
passed every_row[plan=free,seats=1,region=us]
passed every_fixture
passed every_operation
passed every_scope
passed every_file
passed a_file_says_it_all
passed steps_are_functions_too
nothing: 
negated: -1
halved: 0
next: 2
doubled: 3
opposite: false
joined: textbc 4 5 6 7.5 8.5 9 10 1 [12]
listed: [[]]
X

for optimise in -O0 -O2; do
    "$compiler" -x $language -std="$standard" $optimise -fPIC -shared -Wl,-z,defs -I "$include" -o every.so "$plugins/every.c"
    "$ABI_LOADER" --run ./every.so >all 2>log || fail "the minimal host refuses it: $(cat log)"
    grep -v -E '^(plugin|needs|scenario|fixture|step|cleanup) ' all | sort >actual # a compiler may turn a section round
    same expected actual "$compiler $standard $optimise: the macros do something else: $(cat log)"
    for brought in 'fixture tenant(str plan=free) scope 1' 'fixture service() scope 3' 'step negated(i32 value=1) i32' \
        'step listed(json item) json' 'step nothing() none'; do
        grep -qxF "$brought" all || fail "$compiler $standard: no '$brought' in: $(cat all)"
    done
done
