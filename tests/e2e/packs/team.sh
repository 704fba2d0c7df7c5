#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# team.sh BUILD PROJECT: another team copies scenarios/common from an installation into its own project, builds it against
# the installed SDK, and its scenarios use the fixtures; nothing of them is left.
set -u
build=$1
project=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/muster-team.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

give_up() {
    echo "FAILED: $*"
    cat "$work/log"
    exit 1
}

cmake --install "$build" --component sdk --prefix "$work/prefix" >"$work/log" 2>&1 || give_up "installing"
cp -r "$project" "$work/project" || exit 1
cp -r "$work/prefix/share/muster/scenarios/common" "$work/project/common" 2>"$work/log" || give_up "nothing to copy"
cmake -S "$work/project" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_FLAGS="-Wall -Werror" >"$work/log" 2>&1 &&
    cmake --build "$work/build" >>"$work/log" 2>&1 || give_up "building"
plugin=$(find "$work/build" -name team.so)
"$build/bin/muster" run "$plugin" --target "$build/plugins/testbed.target.yaml" --out "$work/out" --history none -j2 \
    >"$work/log" 2>&1 || give_up "its scenarios"
grep -q "6 scenarios run: 6 passed" "$work/log" || give_up "not all of them"
jq -es '[.[] | select(.type == "attempt.ended") | .leaked // [] | length] | add == 0' "$work/out/latest/events.jsonl" \
    >/dev/null || give_up "something leaked"
"$build/bin/muster" cleanup --list "$work/out/latest" >"$work/log" 2>&1 || give_up "asking what is left"
! grep -q "tenancy.end\|people.end" "$work/log" || give_up "something is left"
