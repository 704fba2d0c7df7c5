#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# muster new, from an installation: each language's project builds, runs and passes with one `make`, as in CI too.
# shellcheck source=../run/lib.sh
. "$(dirname "$0")/../run/lib.sh"
needs make
needs python3

cmake --install "$(dirname "$bin")" --prefix "$work/installed" >"$work/console" 2>&1 || fail "it does not install"
bin=$work/installed/bin
PATH=$bin:$PATH
CMAKE_PREFIX_PATH=$work/installed
export PATH CMAKE_PREFIX_PATH
unset MUSTER_PLUGIN_PATH
cd "$work" || exit 1

# project NAME LANGUAGE SCENARIOS
project() {
    muster new plugin "$1" --lang "$2"
    is "muster new --lang $2" 0 $?
    says "$1/muster.yaml"
    says "    cd $1 && make"
    grep -rIl example "$1" && fail "$1 has words of the template"
    (cd "$1" && make) >"$work/made" 2>&1 || fail "make in $1: $(cat "$work/made")"
    grep -q " $3 passed" "$work/made" || fail "$1 does not pass: $(cat "$work/made")"
    (cd "$1" && make MUSTER_PROFILE=ci) >"$work/made" 2>&1 || fail "make MUSTER_PROFILE=ci in $1: $(cat "$work/made")"
    [ -s "$1/reports/junit.xml" ] || fail "$1 leaves no report for CI"
    for file in "$1/.github/workflows/e2e.yml" "$1/.gitlab-ci.yml" "$1/muster.yaml"; do
        python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$file" || fail "$file is no YAML"
    done
    [ -s "$1/.gitignore" ] || fail "$1 has no .gitignore"
}

project shop c 3 # and one that is skipped without a target
! command -v g++ >/dev/null || project till c++ 4
! command -v rustc >/dev/null || project lane rust 4
project words yaml 3

# Mistakes.
muster new plugin words
is "a folder that is there" 4 $?
complains "words is there already, and not empty: nothing was written"
muster new plugin fresh --dir words
is "another name for it" 4 $?
mkdir empty
muster new plugin fresh --dir empty --lang yaml
is "an empty folder" 0 $?
[ -s empty/fresh.yaml ] || fail "it is not in the folder that was named"
for name in Shop 1shop 'a b' a.b ../up ''; do
    muster new plugin "$name"
    is "the name '$name'" 4 $?
    complains "\"$name\" is no name: small letters, digits and _, the first a letter, at most 40"
done
for name in all clean help install test package edit_cache muster; do
    muster new plugin "$name" --lang yaml
    is "the name '$name', which CMake or the project has" 4 $?
    complains "\"$name\" is taken"
    [ ! -e "$name" ] || fail "something was written for '$name'"
done
muster new plugin fresh --dir ''
is "a folder without a name" 4 $?
complains '--dir "" is no folder'

# What it says is to be copied into a shell, wherever the folder is.
for folder in "a folder's; false" -folder; do
    muster new plugin fresh --lang yaml "--dir=$folder"
    is "the folder '$folder'" 0 $?
    (eval "$(sed -n 's/^    \(cd .* && make\)$/\1/p' "$work/console")") >"$work/made" 2>&1 || fail "make in '$folder': $(cat "$work/made")"
done
muster new plugin fresh --lang yaml --dir "$(printf 'red\033[31m')"
is "a folder that steers terminals" 0 $?
says 'red\x1b[31m/muster.yaml'

# What can't be written whole leaves nothing that is in the way of the next try.
mkdir kept
for folder in half kept; do
    (
        ulimit -f 1
        muster new plugin fresh --dir "$folder"
    )
    is "without room in '$folder'" 3 $?
    complains "$folder/scenarios.c: File too large"
done
[ ! -e half ] || fail "half a project stays"
is "what stays in a folder that was there" "" "$(ls -A kept)"

muster new plugin
is "no name" 4 $?
complains "what is it to be called? muster new plugin NAME"
muster new suite shop
is "another thing" 4 $?
muster new plugin one two
is "two names" 4 $?
muster new plugin shop_go --lang go
is "a language that there is not" 4 $?
complains "c (the default), c++, rust, or yaml"
[ ! -e shop_go ] || fail "something was written"
mv installed/share/muster/template installed/share/muster/gone
muster new plugin late
is "without templates" 4 $?
complains "this installation has no templates: share/muster/template/"
[ ! -e late ] || fail "something was written"
finish
