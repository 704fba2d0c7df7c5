#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A scenario that writes into the run's folder is found out, named, and fails the run, although it passed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/meddles.so
plugin=e2e.meddles

# changed PATH WHAT [WHEN]: what the reports say of it; WHEN: during the scenario that ran, or at the end.
changed() {
    folder=$(readlink -f "$run")
    found=$(jq -r --arg p "$1" '.testRun.evidenceChanges[] | select(.path == $p) | .what' "$folder/results.json")
    case $found in *"$2"*) ;; *) fail "results.json on $1: \"$found\", not \"$2\"" ;; esac
    says "CHANGED $1"
    xmllint --xpath "//testcase[@classname='changed evidence' and @name='$1']/error/@message" "$folder/junit.xml" \
        >"$work/message" || fail "junit.xml has nothing on $1"
    during=$(jq -r --arg p "$1" '[.testRun.evidenceChanges[] | select(.path == $p)][0].during[0] // "end"' "$folder/results.json")
    [ "$during" = "${3:-$plugin.$id attempt 1}" ] || fail "$id: noticed during $during"
}

# meddle ID PATH WHAT [WHEN]
meddle() {
    id=$1
    run 1 "$plugin.$id"
    is "scenarios of $id that ended badly" 0 "$(jq .testRun.summary.failed "$run/results.json")"
    shift
    changed "$@"
}

needs xmllint
run 0 $plugin.behaves
is "changes without a cause" 0 "$(jq '.testRun.evidenceChanges | length' "$run/results.json")"
run 0 $plugin.behaves --artifacts on-failure
run 0 $plugin.behaves --artifacts never

meddle adds_a_file junit.xml "made by somebody else"
muster report "$run" --format tap
says "not ok 2 - junit.xml"
meddle adds_a_line_to_the_log events.jsonl "opened by somebody else to be written to"
muster verify "$run"
is "verify" 1 $?
meddle changes_the_log_in_place events.jsonl "opened by somebody else to be written to"
meddle replaces_the_log events.jsonl "put there by somebody else"
meddle removes_the_log events.jsonl "removed by somebody else"
meddle links_the_log events.jsonl "its names were changed"
meddle forges_its_crash cases/$plugin.forges_its_crash/attempt-1/crash.txt "the run has not made it" end
meddle changes_what_it_printed cases/$plugin.changes_what_it_printed/attempt-1/stdout.log "it has 0 bytes, of 10" end
meddle makes_a_case_of_its_own cases/$plugin.invented "the run has not made it" end

meddle moves_the_folder . "the folder was moved"
meddle invents_a_fixture fixtures/forged.log "the run has not made it" end
meddle invents_an_attempt cases/$plugin.invents_an_attempt/attempt-01 "the run has not made it" end
run 1 $plugin.says_that_all_is_undone # noticed when it is made, or at the end
says "bytes, of 0 that the run has"
says "CHANGED ledger.jsonl"
id=changes_its_ledger
run 1 $plugin.$id
changed ledger.jsonl "opened by somebody else to be written to"

# meddle_with ID PATH WHAT: in what another case has left, which had ended.
meddle_with() {
    id=$1
    run 1 $plugin.behaves "$plugin.$id" -j1
    is "scenarios beside $id that ended badly" 0 "$(jq .testRun.summary.failed "$run/results.json")"
    changed "$2" "$3" end
    is "changes by $id" 1 "$(jq '.testRun.evidenceChanges | length' "$run/results.json")"
}
others=cases/$plugin.behaves/attempt-1
meddle_with overwrites_anothers_output $others/stdout.log "it was changed after its case had ended"
meddle_with overwrites_anothers_file $others/files/notes.txt "it was changed after its case had ended"
meddle_with adds_to_anothers_files $others/files/more.txt "it was put there after its case had ended"
meddle_with removes_anothers_file $others/files/notes.txt "it was removed after its case had ended"
# Of what passed on a retry the files are kept, too, where only those of failures are.
id=overwrites_the_output_of_a_retry
run 1 $plugin.passes_on_a_retry $plugin.$id -j2 --artifacts on-failure
changed cases/$plugin.passes_on_a_retry/attempt-2/stdout.log "it was changed after its case had ended" end
meddle changes_the_runs_state .run-state "it was written or replaced by somebody else" end
id=points_latest_elsewhere
muster run "$work_so" $plugin.$id --out "$work/elsewhere"
is "status of $id" 1 $?
latest=$run
run=$(echo "$work"/elsewhere/2*)
changed ../latest "it points to 20200101-000000-0123456789ab, and not to this run or a newer one" end
run=$latest

# A link takes the place of our folder: what it printed has no place to go, and it knows nothing of that.
run 1 $plugin.puts_a_link_in_place_of_cases
id=puts_a_link_in_place_of_cases
changed cases "made by somebody else"
[ ! -e "/tmp/$plugin.$id" ] || fail "the link was followed"

# Others go on, and only what ran then is named.
run 1 $plugin.behaves $plugin.adds_a_file -j1
id=adds_a_file
changed junit.xml "made by somebody else"
says "2 passed"

finish
