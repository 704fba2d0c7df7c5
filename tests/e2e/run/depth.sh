#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A folder stands for what is in it and below it: but for what is hidden, linked to, or left by a run.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
tree=$work/tree
mkdir -p "$tree/a/b" "$tree/z" "$tree/.hidden" "$tree/muster-out/20261120-233000-ab12" "$work/elsewhere"
cp "$work_so" "$tree/a/b/work.so"
cp "$plugins/folders.so" "$tree/z/"
cp "$plugins/many.so" "$work/elsewhere/"
ln -s .. "$tree/a/loop"
ln -s "$work/elsewhere" "$tree/z/elsewhere"
echo "no plugin" >"$tree/.hidden/bad.so"
: >"$tree/muster-out/20261120-233000-ab12/events.jsonl"
echo "no plugin" >"$tree/muster-out/20261120-233000-ab12/artifact.so"

muster list --json "$tree/" || fail "status $?"
is "the plugins" "a/b/work.so z/folders.so" \
    "$(jq -r '[.plugins[].path | sub("^.*/tree/"; "")] | unique | join(" ")' "$work/console")"
is "complaints" "" "$(cat "$work/complaints")"
muster run "$tree" e2e.work.passes --out "$out" || fail "status $?"
says "1 scenario run: 1 passed"

# Named, a link and a run's folder are what was asked for.
muster list "$tree/z/elsewhere" || fail "a link that was named: status $?"
muster list "$tree/muster-out/20261120-233000-ab12"
complains "artifact.so"

mkdir -p "$work/empty/below"
muster list "$work/empty"
is "status without plugins" 4 $?
complains "no plugins (files *.so, *.yaml) in this folder or below it"

# What can't be looked at may hold scenarios.
if [ "$(id -u)" -ne 0 ]; then
    chmod 0 "$tree/z"
    muster list "$tree"
    is "status with a folder that can't be read" 4 $?
    complains "tree/z: Permission denied"
    chmod 700 "$tree/z"
fi
finish
