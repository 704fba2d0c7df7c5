#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A target file, from the command line to attempts, fixtures and cleanups: works.sh BIN PLUGINS SOURCE
set -eu
muster=$1/muster plugins=$2 source=$3
shipped=''
. "$(dirname "$0")/lib.sh"

events=$work/out/latest/events.jsonl

# ---- the file that the plugin ships, and its fixture under the name `target`
run 0 "$plugins/probe.so" declares sweeps declares_nothing lacks_operation lacks_argument --keep-failed
has "$events" '"text":"declares: a whole document: tenant.create tenant.get(id)"'
has "$events" '"text":"sweeps: a whole document: anything"'
has "$events" '"text":"declares_nothing: a whole document:"'
has "$events" '"text":"engine: a whole document: anything"'
has "$events" '"target":"engine"'
grep -q '^ *muster .*, run .*, target engine$' "$work/said" || fail "the console does not name the target: $(head -1 "$work/said")"
has "$work/out/latest/results.json" '"target":"engine"'
has "$work/out/latest/junit.xml" '<property name="muster.target" value="engine"/>'
has "$events" 'unsupported: the target engine has no operation tenant.creat (nearest: tenant.create), no backup.restore'
has "$events" 'unsupported: tenant.create of the target engine takes no color'
has "$work/out/latest/target.json" '"target":"engine"'
"$muster" verify "$work/out/latest/bundle.tar.zst" >"$work/said" 2>&1 || fail "verify: $(cat "$work/said")"
tar --zstd -tf "$work/out/latest/bundle.tar.zst" >"$work/said"
has "$work/said" target.json

# ---- list says the same
MUSTER_PLUGIN_PATH='' "$muster" list --json "$plugins/probe.so" >"$work/said"
has "$work/said" 'unsupported: tenant.create of the target engine takes no color'
MUSTER_PLUGIN_PATH='' "$muster" list --json "$plugins/probe.so" --target "$source/other.yaml" >"$work/said"
has "$work/said" 'unsupported: the target other has no operation tenant.create (nearest: tenant.creat), no tenant.get'

# ---- which scenarios a target enables
MUSTER_PLUGIN_PATH='' "$muster" target check "$source/other.yaml" "$plugins/probe.so" >"$work/said" 2>&1 || fail "check: status $?"
has "$work/said" '   enables e2e.probe.sweeps'
has "$work/said" '   enables e2e.probe.lacks_operation'
has "$work/said" '     lacks e2e.probe.declares: the target other has no operation tenant.create (nearest: tenant.creat), no tenant.get'
has "$work/said" 'other: 2 operations; 2 of 5 scenarios that ask for some are enabled'
status=0
"$muster" target check "$source/works.sh" >"$work/said" 2>&1 || status=$?
[ "$status" = 4 ] || fail "check of what is no target file: status $status"

# ---- another target, whose values have to be given
run 4 "$plugins/probe.so" lacks_operation --target "$source/other.yaml"
has "$work/said" "$source/other.yaml:2:10: nothing sets url: give --set url=VALUE"
has "$work/said" "$source/other.yaml:2:19: nothing sets token"
run 1 "$plugins/probe.so" lacks_operation --target "$source/other.yaml" --set url=http://127.0.0.1 --set token=hunter2
has "$events" '"reason":"it ran"'
grep -rqF hunter2 "$work/out/latest/" && fail "a secret is in the run's folder"
run 4 "$plugins/probe.so" declares --target "$work/none.yaml"
has "$work/said" "none.yaml: No such file or directory"
echo 'target: {}' >"$work/bad.yaml"
run 4 "$plugins/probe.so" declares --target "$work/bad.yaml"
has "$work/said" "bad.yaml:1:1: target: wants a text, not a map"

# ---- nobody is asked for a fixture when --set gives all
run 1 "$plugins/probe.so" declares --set url=http://elsewhere
has "$events" 'is no fixture of its .uses'
grep -qF '"text":"engine:' "$events" && fail "the fixture was started although --set gives all values"

# ---- no target at all, where no plugin of the installation ships one either; and two
mkdir "$work/bin" "$work/bare" "$work/two"
cp "${muster%/*}"/muster* "$work/bin"
cp "$plugins/probe.so" "$work/bare"
installed=$muster muster=$work/bin/muster
run 5 "$work/bare/probe.so" declares --all-skipped fail
has "$events" 'no target: give --target FILE'
[ ! -e "$work/out/latest/target.json" ] || fail "a run without a target has one"
head -1 "$work/said" | grep -q target && fail "a target is named where there is none"
grep -qF '"target":' "$work/out/latest/results.json" && fail "results.json has a target where there is none"
muster=$installed
cp "$plugins/probe.so" "$plugins/second.so" "$work/two"
cp "$source/probe.target.yaml" "$work/two/"
cp "$source/other.yaml" "$work/two/second.target.yaml"
run 4 "$work/two" declares
has "$work/said" 'say with --target FILE which one is meant'

# ---- cleanups: in the attempt's process, and by muster cleanup much later
run 1 "$plugins/probe.so" leaves --set note="$work/note"
has "$work/note" 'cleanup: a document'
rm "$work/note"
run 1 "$plugins/probe.so" leaves --set note="$work/note" --keep-failed
[ ! -e "$work/note" ] || fail "it was cleaned up already"
"$muster" cleanup -o "$work/out" >"$work/said" 2>&1 || fail "cleanup: $(cat "$work/said")"
has "$work/note" 'cleanup: a document'
exit "$fails"
