#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# muster.yaml, its profiles, variables and the command line: which one counts, and what is said of mistakes.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

team=$work/team
mkdir -p "$team/deep/below" "$team/ci"
cat >"$team/muster.yaml" <<END
plugins: [plugins/work.so]
run:
  jobs: 1
  out: results
  retries: 2
  set: {dir: "$dir", url: http://127.0.0.1:1}
profiles:
  ci:
    run: {retries: 1, flaky: fail, junit: ci/junit.xml}
END
ln -s "$plugins" "$team/plugins"

# here ARGUMENT...: muster, started deep in the team's folder.
here() {
    (cd "$team/deep/below" && TMPDIR=$work/tmp "$bin/muster" "$@" >"$work/console" 2>"$work/complaints" </dev/null)
    status=$?
}
# attempts FILE: how often the only case was tried.
attempts() {
    jq -r '.testRun.scenarios[0].attempts | length' "$team/results/latest/results.json"
}

# The file is found from below; paths in it are meant from its own folder; without a PATH its plugins are taken.
here run e2e.work.fails
is "a failure" 1 $status
is "tries, by the file" 3 "$(attempts)"
here run e2e.work.fails --profile ci
is "tries, by the profile" 2 "$(attempts)"
[ -f "$team/ci/junit.xml" ] || fail "the profile's junit.xml is not beside the file"
MUSTER_PROFILE=ci MUSTER_OPTION_RETRIES=3 here run e2e.work.fails
is "tries, by the variable" 4 "$(attempts)"
MUSTER_OPTION_RETRIES=3 here run e2e.work.fails --profile ci --retries 0
is "tries, by the command line" 1 "$(attempts)"
here run --config none "$work_so" e2e.work.fails --set dir="$dir" --out "$out"
is "tries without the file" 1 "$(jq -r '.testRun.scenarios[0].attempts | length' "$run/results.json")"

# Other verbs take of it what they have too.
here report --format tap
is "report" 0 $status
says "e2e.work.fails"
here list -q
is "list takes no -q" 4 $status
here list e2e.work.fails
says "e2e.work.fails"
here cleanup
is "cleanup" 0 $status

# What is set, and by what.
MUSTER_OPTION_SET=password=hunter2 here config --profile ci
is "config" 0 $status
says "../../muster.yaml"
grep -q '^retries  *1  *../../muster.yaml:9:11$' "$work/console" || fail "config: $(cat "$work/console")"
grep -q '^out  *../../results  *../../muster.yaml:4:3$' "$work/console" || fail "config does not say where runs are"
says "password=(not shown)"
! grep -q hunter2 "$work/console" || fail "config shows what a variable hands to the target"
here config --json
is "in JSON" "2 ../../muster.yaml:5:3" "$(jq -r '.settings[] | select(.option == "retries") | "\(.value) \(.from)"' "$work/console")"
is "profiles" ci "$(jq -r '.profiles[]' "$work/console")"

# mistaken STATUS TEXT LINE...: a file of these lines, and what is said of it.
mistaken() {
    text=$1
    shift
    printf '%s\n' "$@" >"$work/bad.yaml"
    here run --config "$work/bad.yaml" "$work_so" e2e.work.passes
    is "status of $*" 4 $status
    complains "$text"
}
mistaken "bad.yaml:2:3: 'muster run' has no option job: did you mean jobs?" 'run:' '  job: 3'
mistaken "bad.yaml:1:7: --jobs x: it takes a whole number (N)" 'run: {jobs: x}'
mistaken "bad.yaml:1:17: jobs takes one value" 'run: {jobs: [1, 2]}'
mistaken "bad.yaml:1:7: set takes a mapping of keys to values" 'run: {set: url}'
mistaken "bad.yaml:1:7: config is for the command line and the environment" 'run: {config: x}'
mistaken "bad.yaml:1:7: --strict takes no argument but true or false" 'run: {strict: yes}'
mistaken "bad.yaml:1:1: unknown key rnu: did you mean run?" 'rnu: {jobs: 1}'
# of a profile that nobody asked for, too
mistaken "bad.yaml:1:22: 'muster run' has no option job" 'profiles: {a: {run: {job: 3}}}'
here config --profile co
is "no such profile" 4 $status
complains "muster.yaml has no profile co: did you mean ci?"
here run --config "$work/missing.yaml" e2e.work.passes
is "no such file" 4 $status
complains "missing.yaml: No such file or directory"
MUSTER_OPTION_JOB=1 here run e2e.work.passes
is "a wrong variable" 4 $status
complains "MUSTER_OPTION_JOB: 'muster run' has no option --job: did you mean --jobs?"
MUSTER_OPTION_SET="one=1
two=2" here config --json
is "lines of a variable" "one=(not shown) two=(not shown)" \
    "$(jq -r '[.settings[] | select(.from == "MUSTER_OPTION_SET") | .value] | join(" ")' "$work/console")"
MUSTER_OPTION_JOBS=some here run e2e.work.passes
complains "MUSTER_OPTION_JOBS: --jobs some: it takes a whole number (N)"

# Somebody else's file above our folder is not taken.
if [ "$(id -u)" = 0 ]; then
    chown 4711 "$team/muster.yaml"
    here run e2e.work.passes
    is "a stranger's file" 4 $status
    complains "muster.yaml belongs to another user (4711): --config ../../muster.yaml takes it all the same"
    here run --config ../../muster.yaml e2e.work.passes
    is "a stranger's file that was asked for" 0 $status
    chown -R 4711 "$team"
    here run e2e.work.passes
    is "a checkout of another user's" 0 $status
fi
finish
