#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An installation that was moved: it finds its own programs and plugins, and those of MUSTER_PLUGIN_PATH.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cmake --install "$(dirname "$bin")" --prefix "$work/staged" >"$work/console" 2>&1 || fail "it does not install"
mv "$work/staged" "$work/installed"
bin=$work/installed/bin
own=$(dirname "$(find "$work/installed" -name testbed.so)")
packs=$(dirname "$(find "$work/installed" -name audit.so)")

# plugins: the paths of those that a list without a PATH finds.
plugins() {
    muster list --json "$@" || fail "list $*: status $?"
    jq -r '.plugins[].path' "$work/console" | tr '\n' ' '
}

own_plugins=$(printf '%s ' "$own"/*.so)
is "packs in the searched folder" "" "$(find "$own" -name 'test-*.yaml' -o -name audit.so)"
muster list
is "a list of nothing" 5 $?
muster run --out "$out"
is "a run of nothing" 5 $?
complains "nothing selected"
is "the packs" "$(printf '%s ' "$packs"/*.so "$packs/test-scenarios.yaml")" "$(plugins --packs)"
is "a pack, by its name" "audit" "$(muster list audit --json && jq -r '.scenarios[].id' "$work/console" | cut -d. -f1 | sort -u)"
muster list 'persys.basic_workflow'
is "a scenario of data, by its name" 0 $?
muster list nobody
is "a name that is none" 4 $?
mkdir "$work/more" "$work/empty"
cp "$work_so" "$work/more/"
echo "not a plugin" >"$work/more/readme.txt"
MUSTER_PLUGIN_PATH=$work/empty:$work/more
export MUSTER_PLUGIN_PATH
is "and others" "$work/more/work.so $own_plugins" "$(plugins)"
is "none but those of a given path" "$work_so " "$(plugins "$work_so")"
muster run e2e.work.passes e2e.work.fails --out "$out"
is "a run without a PATH" 1 $?
verdict passes passed
muster verify "$run/bundle.tar.zst" || fail "its bundle does not verify"
run 1 e2e.work.aborts
is "the crash's place" true "$(query '.[] | select(.type == "attempt.crashed") | .stack | join(" ") | test("work\\.c:")')"

# A library beside a plugin is passed over, with a note; a plugin that lacks its entry is not, nor one that was named.
mkdir "$work/libraries"
cp "$work_so" "$work/libraries/"
cp "$plugins/libacme.so" "$plugins/entryless.so" "$work/libraries/"
muster run "$work/libraries/libacme.so" --out "$out"
is "with a library for a plugin" 6 $?
complains "refused: no symbol muster_plugin_v1, and nothing else of muster's: a library, and no plugin [foreign]"
muster list "$work/libraries"
is "with a plugin without entry" 6 $?
complains "entryless.so: refused: no symbol muster_plugin_v1: not a muster plugin"
rm "$work/libraries/entryless.so"
for verb in "run $work/libraries e2e.work.passes --out $out" "list $work/libraries" "inspect $work/libraries"; do
    # shellcheck disable=SC2086
    muster $verb
    is "$verb beside a library" 0 $?
    complains "note: $work/libraries/libacme.so: passed over: no symbol muster_plugin_v1"
done

# Who misspells a folder is not told that all is well.
MUSTER_PLUGIN_PATH=$work/missing:$work/more
for verb in "run e2e.work.passes --out $out" "run $work_so" list steps "inspect $work_so"; do
    # shellcheck disable=SC2086
    muster $verb
    is "$verb with a folder that is missing" 4 $?
    complains "MUSTER_PLUGIN_PATH: $work/missing: No such file or directory"
done
MUSTER_PLUGIN_PATH=$work_so
muster list
is "with a file for a folder" 4 $?
complains "MUSTER_PLUGIN_PATH: $work_so: Not a directory"
# An empty folder runs nothing.
MUSTER_PLUGIN_PATH=$work/empty
muster run --out "$out"
is "with an empty folder" 5 $?
finish
