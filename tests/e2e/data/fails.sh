#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What fails says what and where, ends where it should, and is cleaned up.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

run 1 fails.yaml
for name in unexpected check_goes_on require_ends not_saved never_enough never_running never_passed never_back too_slow branches \
    no_such_field wrong_at_run_time lies returns_null; do
    verdict "e2e.fails.$name" failed
done
verdict e2e.fails.skips skipped
verdict e2e.fails.skips_in_a_try skipped
verdict e2e.fails.errors error
verdict e2e.fails.nothing_there error
verdict e2e.fails.crashes crashed
verdict e2e.fails.given_up failed
verdict e2e.fails.out_of_time timeout
verdict e2e.fails.skips_in_a_branch skipped
printed e2e.fails.skips_in_a_branch "the other ends"
printed e2e.fails.given_up held
is "failed checks of given_up" 1 \
    "$(query '[.[] | select(.type == "attempt.check" and .case == "e2e.fails.given_up")] | length')"
[ ! -s "$out/latest/cases/e2e.fails.out_of_time/attempt-1/stdout.log" ] || fail "finally ran after the deadline"
[ ! -e "$work/dir/left-by-a-timeout" ] || fail "nobody cleaned up after the deadline"

failed e2e.fails.never_by_way_of_a_double \
    'echo: /big == 18446744073709551000|18446744073709551615|18446744073709551000|'
verdict e2e.fails.never_by_way_of_a_double failed
failed e2e.fails.unexpected 'echo: /status == "running"|"failed"|"running"||fails.yaml|9'
failed e2e.fails.unexpected 'echo: /n > 5|1|5||fails.yaml|10'
printed e2e.fails.unexpected finally
printed e2e.fails.check_goes_on reached
printed e2e.fails.require_ends "finally, after a failure in it; and after a value that is not there"
printed e2e.fails.not_saved "first 1"
printed e2e.fails.never_enough finally
is "failed checks of never_enough" 1 \
    "$(query '[.[] | select(.type == "attempt.check" and .case == "e2e.fails.never_enough")] | length')"
failed e2e.fails.never_running 'look: /status == "running"|"starting"|"running"|not within 60ms, '
failed e2e.fails.never_passed 'nested within 60ms'
failed e2e.fails.never_in_time 'took longer than 1s; the last try that ended: look: /status == "running" (it is "starting")'
failed e2e.fails.too_slow 'step hang took longer than 60ms'
printed e2e.fails.too_slow finally
printed e2e.fails.branches "the third branch ends; finally"
failed e2e.fails.branches "echo == 2|1|2|"
is "failed checks of branches" 3 \
    "$(query '[.[] | select(.type == "attempt.check" and .case == "e2e.fails.branches")] | length')"
# shellcheck disable=SC2016
failed e2e.fails.no_such_field 'say: text: ${got.b}: there is no b (it has a)'
# shellcheck disable=SC2016
failed e2e.fails.wrong_at_run_time '${got.n} is "many": an integer is wanted'
failed e2e.fails.lies "not_json of e2e.acts returned what is not JSON"
failed e2e.fails.too_large "too_large of e2e.acts returned what is not JSON: 18446744073709551616 is beyond 64 bits"
failed e2e.fails.returns_null "it returned NULL"
reason=$(query '.[] | select(.type == "case.ended" and .case == "e2e.fails.nothing_there") | .reason')
case $reason in
*"the environment has no NOBODY_SET_THIS"*"--set nobody="*) ;;
*) fail "nothing_there says: $reason" ;;
esac
[ ! -s "$out/latest/cases/e2e.fails.nothing_there/attempt-1/stdout.log" ] || fail "a step ran before all was there"
is "steps of a try that did not come to its end" 0 "$(query '[.[] | select(.type == "attempt.step"
    and (.case | test("never_|branches")))] | group_by([.case, .step]) | map(select(length < 2)) | length')"
[ ! -e "$work/dir/left-by-a-crash" ] || fail "nobody cleaned up after the crash"

# Kept for later, and removed by the plugin that has the cleanup.
run 1 fails.yaml e2e.fails.crashes --skip-cleanup
[ -e "$work/dir/left-by-a-crash" ] || fail "--skip-cleanup cleaned up"
muster cleanup "$out/latest" --set dir="$work/dir" || fail "muster cleanup: $(cat complaints)"
[ ! -e "$work/dir/left-by-a-crash" ] || fail "muster cleanup left it"
# What a scenario prints gives no command to a CI server: not in the console, not in a report for people.
cat >commands.yaml <<'END'
name: e2e.commands
plugins: [e2e.acts]
scenarios:
  commands:
    steps:
      - say: "::stop-commands::token"
      - say: "x ##vso[task.complete result=Succeeded] ##[error]y ##teamcity[testFailed name='z']"
      - check: false
END
for server in GITHUB_ACTIONS=true TF_BUILD=True TEAMCITY_VERSION=1 GITLAB_CI=true; do
    (export "${server?}" && run 1 commands.yaml) || exit 1
    ! grep -qE "^ *::stop-commands|##(vso|teamcity)?\\[" console || fail "with $server the console has a command"
    grep -qF ': :stop-commands::token' console || fail "with $server the output is gone: $(cat console)"
    grep -qF '##vso [task.complete' console || fail "with $server the output is gone: $(cat console)"
    (export "${server?}" && muster report "$out/latest")
    ! grep -qE "^ *::stop-commands|##(vso|teamcity)?\\[" console || fail "with $server the report has a command"
done
grep -qF '::stop-commands::token' "$out/latest/cases/e2e.commands.commands/attempt-1/stdout.log" || fail "the evidence is not what was printed"
unset GITHUB_ACTIONS TF_BUILD TEAMCITY_VERSION GITLAB_CI
run 1 commands.yaml
grep -qE '^ *::stop-commands::token' console || fail "without a CI server the output is not as it was printed"
finish
