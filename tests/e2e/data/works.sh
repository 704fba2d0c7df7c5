#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Everything that the format offers, run for real.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

run 0 works.yaml
is "cases" 28 "$(query '[.[] | select(.type == "case.ended" and .verdict == "passed")] | length')"
printed e2e.works.bare_names "one parameter: no map"
# shellcheck disable=SC2016
for version in 3.11 19.990; do
    for n in -1 18446744073709551615; do
        printed "e2e.works.numbers_as_written[version=$version,n=$n]" \
            "18446744073709551615 -9223372036854775808 19.990 5 $version $n"
    done
done
printed e2e.works.saved_values '7 first yes ${got}'
printed e2e.works.groups "in a block; kept 2"
printed e2e.works.loops "round 0; round 1; image web; of web: web; of web: 1; image worker; of worker: worker; of worker: 1"
printed e2e.works.conditions "two is two"
printed e2e.works.side_by_side "saved in a branch: 3"
printed e2e.works.tries_again "looks 3"
printed e2e.works.cleaned_up "finally"
printed "e2e.works.crossed[image=web,n=2]" "web 2"
printed "e2e.works.rows[name=one,seats=5]" "one has 5"
printed "e2e.works.rows[name=two,seats=7]" "two has 7"
printed "e2e.works.from_csv[plan=free,seats=1]" "free has 1"
printed "e2e.works.from_csv[plan=pro,seats=10]" "pro has 10"
printed "e2e.works.included" "from another file, from another file"
printed "e2e.works.from_a_file[name=simple-nginx,ports=%255B%228080%3A80%22%255D,envVars=null]" \
    'simple-nginx ["8080:80"] null'
is "what variables say" "e2e.works.variables $(query '.[0].run_id') $work/dir fallback" \
    "$(awk '{ print $1, $3, $6, $7 }' "$out/latest/cases/e2e.works.variables/attempt-1/stdout.log")"
[ -z "$(ls "$work/dir")" ] || fail "a cleanup of the steps' plugin did not run: $(ls "$work/dir")"

# Each step is one of the attempt's, with those that its function opens inside of it.
is "steps" "nested,inner,say" \
    "$(query '[.[] | select(.type == "attempt.step" and .case == "e2e.works.bare_names" and .name != "") | .name] | join(",")')"
is "the parent of inner" true "$(query '[.[] | select(.type == "attempt.step" and .case == "e2e.works.bare_names" and .name != "")]
    | .[1].parent == .[0].step')"
is "steps that did not end" 0 "$(query '[.[] | select(.type == "attempt.step")] | group_by([.case, .step])
    | map(select(length < 2)) | length')"

# A case can be chosen by its parameters, and its scenario's limits and markers are those of the file.
run 0 works.yaml 'e2e.works.crossed[image=worker,n=*]' -j 1
is "chosen" 2 "$(query '[.[] | select(.type == "case.ended")] | length')"
muster list works.yaml --json
is "in the list" "e2e,priority_p0,issue(id=7) 20000 Steps by their names alone works.yaml" \
    "$(jq -r '.scenarios[] | select(.id == "e2e.works.bare_names")
        | [(.markers | join(",")), (.timeout_ms | tostring), .summary, .file] | join(" ")' console)"

# What muster acts on is told from what it does not: in every verb, and also where the scenario is not selected.
cat >slips.yaml <<'END'
name: e2e.slips
plugins: [e2e.acts]
scenarios:
  one:
    markers: [timout(1), flakey(reruns=3), slow]
    steps: [{say: "one"}]
  wrong:
    markers: [flaky(rerun=3)]
    steps: [{say: "wrong"}]
  three:
    steps: [{say: "three"}]
  two:
    markers: [timout(2)]
    steps: [{say: "two"}]
END
for verb in "list slips.yaml" "list slips.yaml e2e.slips.three" "run slips.yaml --out $out" "run slips.yaml --dry-run" "inspect slips.yaml"; do
    # shellcheck disable=SC2086
    muster $verb
    is "status of $verb" 4 $?
    is "slips in markers" 3 "$(grep -c '^muster: slips.yaml:[0-9]*: e2e.slips' complaints)"
    grep -qF 'slips.yaml:4: e2e.slips.one: marker timout(1): muster does nothing for timout; did you mean timeout?' complaints ||
        fail "what was said of timout by $verb: $(cat complaints)"
    grep -qF 'slips.yaml:7: e2e.slips.wrong: marker flaky(rerun=3): unknown argument "rerun"' complaints ||
        fail "what was said of rerun by $verb: $(cat complaints)"
done
sed -i '/wrong:/,/say: "wrong"/d' slips.yaml
muster list slips.yaml --own-marker timout --own-marker flakey
is "status with --own-marker" 0 $?
muster inspect slips.yaml --own-marker timout --own-marker flakey
is "status of inspect with --own-marker" 0 $?

# A word of -m that nobody has.
run 0 works.yaml e2e.works.bare_names -m 'not sloow and not serial and e2e'
complains "-m: no scenario has a marker sloow"
is "words that nobody has" 1 "$(grep -c 'no scenario has' complaints)"
run 4 works.yaml e2e.works.bare_names -m 'not sloow' --strict-markers
complains "--strict-markers"
muster list works.yaml -m 'priority_p00' --strict-markers
is "status of list with --strict-markers" 4 $?
complains "no scenario has a marker priority_p00; did you mean priority_p0?"
run 0 works.yaml e2e.works.bare_names -m 'not serial' --strict-markers

# Other rows for a scenario's parameters, as those of any plugin.
printf -- '- {name: other, seats: 9}\n' >rows.yaml
run 0 works.yaml e2e.works.rows --data e2e.works.rows=rows.yaml
printed "e2e.works.rows[name=other,seats=9]" "other has 9"

# Every attempt is a case's: the same again in fresh order gives the same.
run 0 works.yaml --repeat 2 -j 4 --order random
finish
