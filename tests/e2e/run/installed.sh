#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An installation that was moved: it finds its own programs and plugins, and those of MUSTER_PLUGIN_PATH.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cmake --install "$(dirname "$bin")" --prefix "$work/staged" >"$work/console" 2>&1 || fail "it does not install"
mv "$work/staged" "$work/installed"
bin=$work/installed/bin
own=$work/installed/lib/muster/plugins
[ -d "$own" ] || own=$(dirname "$(find "$work/installed" -name audit.so)")

# plugins: the paths of those that a list without a PATH finds.
plugins() {
    muster list --json "$@" || fail "list $*: status $?"
    jq -r '.plugins[].path' "$work/console" | tr '\n' ' '
}

is "its own" "$(printf '%s ' "$own"/*.so "$own/test-scenarios.yaml")" "$(plugins)"
mkdir "$work/more" "$work/empty"
cp "$work_so" "$work/more/"
echo "not a plugin" >"$work/more/readme.txt"
MUSTER_PLUGIN_PATH=$work/empty:$work/more
export MUSTER_PLUGIN_PATH
is "and others" "$work/more/work.so $(printf '%s ' "$own"/*.so "$own/test-scenarios.yaml")" "$(plugins)"
is "none but those of a given path" "$work_so " "$(plugins "$work_so")"
muster run e2e.work.passes e2e.work.fails --out "$out"
is "a run without a PATH" 1 $?
verdict passes passed
muster verify "$run/bundle.tar.zst" || fail "its bundle does not verify"
run 1 e2e.work.aborts
is "the crash's place" true "$(query '.[] | select(.type == "attempt.crashed") | .stack | join(" ") | test("work\\.c:")')"

# A folder that is not there is said, and does not stop the rest.
MUSTER_PLUGIN_PATH=$work/missing:$work/more
muster run e2e.work.passes --out "$out"
is "with a folder that is missing" 0 $?
complains "MUSTER_PLUGIN_PATH: $work/missing: No such file or directory"
finish
