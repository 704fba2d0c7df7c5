#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Today's runner on a plugin with all that today's interface has: the cases of its tables and files, fixtures of every
# scope, and plugins of which fixtures are all there is.
. "$(dirname "$0")/common.sh"
need_runner
cd "$work"

build() # NAME: as C, and the same text as C++
{
    shared="-fPIC -shared -Wl,--version-script=$map -Wl,-z,defs -I $include"
    # shellcheck disable=SC2086
    "${CC:-cc}" -std=c11 $shared -o "$1.so" "$plugins/$1.c"
    # shellcheck disable=SC2086
    ! command -v g++ >/dev/null || g++ -x c++ -std=c++11 $shared -o "$1-cxx.so" "$plugins/$1.c"
}

build every
build service
printf 'plan,seats\npro,10\nfree,1\n' >every.csv

# As the minimal host has them, and a case for each row of the file.
"$ABI_LOADER" --run ./every.so 2>/dev/null | sed -n 's/^\(passed\|skipped\) /abi.every./p' |
    sed 's/^\(.*\.every_file\|.*\.a_file_says_it_all\)$/\1[plan=pro,seats=10]\n\1[plan=free,seats=1]/' |
    sort >cases.expected
grep -q 'every_row\[plan=free,seats=1,region=us\]' cases.expected || fail "the minimal host: $(cat cases.expected)"

for plugin in every*.so; do
    "$ABI_MUSTER" list "./$plugin" >list.log 2>&1 || fail "$plugin: muster list: $(cat list.log)"
    grep -o 'abi\.every\.[^ ]*' list.log | sort >cases.actual
    same cases.expected cases.actual "$plugin: the cases differ"
    rm -rf out
    "$ABI_MUSTER" run --out out "./$plugin" >run.log 2>&1 || fail "$plugin: muster run: $(cat run.log)"
    for outcome in "$(($(wc -l <cases.expected) - 1)) passed" "1 skipped"; do
        grep -q "[^0-9]$outcome" run.log || fail "$plugin: want $outcome: $(cat run.log)"
    done
done

for plugin in service*.so; do
    "$ABI_MUSTER" inspect "./$plugin" >inspect.log 2>&1 || fail "$plugin: muster inspect: $(cat inspect.log)"
    grep -q service inspect.log || fail "$plugin: its fixture is not shown: $(cat inspect.log)"
done
