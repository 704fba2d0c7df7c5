#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where files and the plugins of their steps are found, and what is refused of them.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Mistakes refuse the file alone, with the status for it; all at once, each in its line.
cat >bad.yaml <<'END'
scenarios:
  one:
    steps:
      - ad: 1
      - add: {a: x}
END
run 6 bad.yaml works.yaml e2e.works.groups
verdict e2e.works.groups passed
muster list bad.yaml
complains "muster: bad.yaml: refused: 2 mistakes in it:"
complains "bad.yaml:4:9: unknown step ad; did you mean add?"
complains "bad.yaml:5:18: add: a wants an integer, not a text (\"x\") [bad-data]"

# In a folder, what has no scenarios is passed over; asked for, it is refused.
mkdir some
cp works.yaml shared.yaml workloads.yaml plans.csv some
run 0 some -m 'issue(id=7)'
run 6 workloads.yaml
complains "[no-scenarios]"
# So is what is no map of YAML at all: templates and other tools' files in a repository.
mkdir some/chart
printf 'kind: Deployment\n{{- range .Values.scenarios }}\nname: {{ .name }}\n{{- end }}\n' >some/chart/deploy.yaml
printf 'kind: A\n---\nkind: B\n' >some/chart/two.yml
printf -- '- hosts: all\n' >some/chart/list.yaml
{ echo 'paths:' && head -c 5000000 /dev/zero | tr '\0' ' '; } >some/chart/large.yaml
run 0 some -m 'issue(id=7)'
grep 'passed over' complaints && fail "notes that nobody asked for"
run 0 -v some -m 'issue(id=7)'
complains "note: some/chart/deploy.yaml: passed over: "
complains "note: some/workloads.yaml: passed over: "
run 6 some/chart/deploy.yaml
complains "deploy.yaml:2:"
complains "[no-scenarios]"
# What was meant to have some is not.
for broken in 'scenarios: [yaml' '{name: x, "scenarios" : {a: ' '- scenarios:
scenarios: 1'; do
    echo "$broken" >some/broken.yaml
    run 6 some
    complains "some/broken.yaml:"
    is "why" bad-data "$(query '.[] | select(.type == "plugin.refused") | .reason')"
done

# Files that are none, or that anybody may write to.
run 4 nowhere.yaml
cp works.yaml open.yaml
chmod 666 open.yaml
run 6 open.yaml
complains "[writable-by-others]"

# The plugin of the steps: found in the plugins' folders, given beside the file, or named by its path.
sed 's|plugins: \[e2e.acts\]|plugins: [./acts.so]|' works.yaml >by-path.yaml
cp "$plugins/acts.so" .
run 0 by-path.yaml e2e.works.groups
run 0 by-path.yaml e2e.works.cleaned_up
[ -z "$(ls dir)" ] || fail "a cleanup of a plugin in a folder and by its path did not run"
unset MUSTER_PLUGIN_PATH
run 0 by-path.yaml e2e.works.cleaned_up
[ -z "$(ls dir)" ] || fail "a cleanup of a plugin by its path did not run"
sed 's|plugins: \[e2e.acts\]|plugins: [./acts.so]|' fails.yaml >crashing.yaml
run 1 crashing.yaml e2e.fails.crashes
[ -z "$(ls dir)" ] || fail "a cleanup of a plugin by its path did not run after a crash"
run 1 crashing.yaml e2e.fails.crashes --skip-cleanup
[ -n "$(ls dir)" ] || fail "--skip-cleanup cleaned up"
(cd / && muster cleanup "$out/latest" --set dir="$work/dir") || fail "muster cleanup: $(cat complaints)"
[ -z "$(ls dir)" ] || fail "muster cleanup found no cleanup of a plugin by its path"
run 0 "$plugins/acts.so" works.yaml e2e.works.groups
run 6 works.yaml
complains "works.yaml:5:11: plugins: no plugin e2e.acts with steps was found [bad-data]"
MUSTER_PLUGIN_PATH=$plugins
export MUSTER_PLUGIN_PATH
sed '/^plugins:/d' works.yaml >unnamed.yaml
run 0 unnamed.yaml e2e.works.groups

# A plugin that the file alone names brings its fixtures along, and its steps mean those, whoever else has some of the
# name; another's are named with their plugin.
cp "$plugins/../stock/stock.so" stock.so
printf 'plugins: [./stock.so]\nscenarios: {one: {steps: [{whose_stock: , expect: e2e.stock}]}}\n' >stock.yaml
run 0 stock.yaml
run 0 "$plugins/../depot/depot.so" stock.yaml
MUSTER_PLUGIN_PATH=$plugins/../depot run 0 stock.yaml
sed -i 's/one: {/one: {uses: [e2e.depot.stock], /; s/expect: e2e.stock/expect: e2e.depot/' stock.yaml
MUSTER_PLUGIN_PATH=$plugins/../depot run 0 stock.yaml

# What can't run because of a fixture is not listed either, and for the same reason.
run 4 stock.yaml
cp complaints of-run
complains "none of the plugins given, of those in MUSTER_PLUGIN_PATH, and of the installation's own has a fixture e2e.depot.stock"
muster list stock.yaml
is "status of the list" 4 $?
cmp complaints of-run || fail "the list complains otherwise: $(cat complaints)"

# A step that only looks like the packs' is one's own: theirs are for who has none of the name.
printf 'scenarios: {one: {steps: [verify_monitoring]}}\n' >own.yaml
run 0 "$plugins/../more/more.so" own.yaml
printed own.one "monitoring of more"
printf 'scenarios: {one: {steps: [verify_scheduling, verify_monitoring]}}\n' >mixed.yaml
muster list "$plugins/../more/more.so" mixed.yaml || fail "a step of a pack and one's own: $(cat complaints)"

# Of an unknown step it is said where it was looked for.
printf 'scenarios: {one: {steps: [zzzzzzzz]}}\n' >unknown.yaml
run 6 unknown.yaml
complains "unknown.yaml:1:27: unknown step zzzzzzzz: none of the plugins with steps has it: e2e.acts, "
complains "persys.steps"
printf 'plugins: [e2e.acts]\nscenarios: {one: {steps: [zzzzzzzz]}}\n' >unknown.yaml
run 6 unknown.yaml
complains "unknown.yaml:2:27: unknown step zzzzzzzz: none of the plugins with steps has it: e2e.acts; name one that is elsewhere by its path under \`plugins\` [bad-data]"

# What a file includes is beside it, wherever that is, and once is enough: in a circle too.
mkdir -p deep/er
cat >deep/er/leaf.yaml <<'END'
include: [../group.yaml]
vars: {leaf: "of the leaf"}
END
cat >deep/group.yaml <<'END'
include: [er/leaf.yaml, er/leaf.yaml]
define: {tell: {steps: [{say: "${leaf}"}]}}
END
printf 'include: deep/group.yaml\nplugins: e2e.acts\nscenarios: {one: {steps: [tell]}}\n' >nested.yaml
run 0 nested.yaml
printed nested.one "of the leaf"
echo 'vars: {leaf: "${laef}"}' >deep/er/leaf.yaml
run 6 nested.yaml
complains "deep/er/leaf.yaml:1:14: \${laef}: no variable of this name"

# The scenarios of Persys, to the letter, over the steps of the pack.
cp "$samples/../persys/test-scenarios.yaml" .
muster list test-scenarios.yaml || fail "test-scenarios.yaml: $(cat complaints)"
is "the scenarios of Persys" 3 "$(grep -c '^  test-scenarios\.' console)"
run 0 test-scenarios.yaml
is "their verdict where nobody names a platform" "passed,passed,passed" \
    "$(query '[.[] | select(.type == "case.ended") | .verdict] | join(",")')"

# The example of the guide.
sed -n '/^```yaml/,/^```/p' "$docs/guide/data-scenarios.md" | sed '/^```/d; /^parameters:/,$d' >reconciliation.yaml
muster list reconciliation.yaml || fail "the guide's example: $(cat complaints)"
is "its cases" 2 "$(grep -c '^  reconciliation.reconciliation\[image=' console)"

# Two plugins with steps of the same names.
mkdir twice
cp "$plugins/acts.so" twice/acts.so
cp "$plugins/../more/more.so" twice/more.so
cat >both.yaml <<'END'
scenarios:
  one:
    steps:
      - say: which
      - e2e.more/say: this one
END
MUSTER_PLUGIN_PATH=$work/twice muster list both.yaml
complains "both.yaml:4:9: say is a step of e2e.acts and of e2e.more: write e2e.acts/say or e2e.more/say"
sed -i 's|- say|- e2e.acts/say|' both.yaml
MUSTER_PLUGIN_PATH=$work/twice run 0 both.yaml
printed both.one "which; more: this one"

# A file, what it includes and the plugin of its steps are one: a change of any after the run began is an error.
cat >changing.yaml <<'END'
include: [shared.yaml]
scenarios:
  a_changes:
    steps:
      - touch: "${target.file}"
  b_is_loaded_anew:
    steps:
      - e2e.acts/say: not as it was
END
for file in changing.yaml shared.yaml; do
    MUSTER_PLUGIN_PATH=$work/twice run 1 changing.yaml -j 1 --set file="$work/$file"
    verdict changing.a_changes passed
    verdict changing.b_is_loaded_anew error
done
# A file that takes too long has no constructors to blame.
{
    printf 'name: e2e.long\nplugins: [e2e.acts]\ninclude: [shared.yaml]\nscenarios:\n'
    awk 'BEGIN { for (i = 0; i < 4900; i++) printf "  s%d:\n    steps: [{say: \"1\"}, {say: \"2\"}, {say: \"3\"}, {say: \"4\"}]\n", i }'
} >long.yaml
muster list long.yaml --load-timeout 50ms
is "status of a file that takes too long" 6 $?
grep -q 'long.yaml: refused: it was not loaded within 0.05 s: it hangs while it was .*cannot-load' complaints || fail "what was said of a file that takes too long: $(cat complaints)"
finish
