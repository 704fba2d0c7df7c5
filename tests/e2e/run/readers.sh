#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The reports as others read them: prove and a YAML reader take the TAP, each family's schema its JUnit.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
needs prove
needs perl
needs xmllint
schemas=$(dirname "$0")/../../unit/report/schemas

# proves STATUS: what prove says of the last run.
proves() {
    muster report --format tap "$run" || fail "no TAP"
    cp "$work/console" "$work/run.tap"
    prove "$work/run.tap" >"$work/console" 2>&1
    is "prove's status" "$1" $?
    ! grep -q 'Parse errors' "$work/console" || fail "prove can't parse it: $(cat "$work/console")"
}

# valid FAMILY FILE
valid() {
    xmllint --noout --relaxng "$schemas/$1.rng" "$2" >/dev/null 2>"$work/complaints" || fail "$1 refuses $2: $(cat "$work/complaints")"
}

run 0 e2e.work.passes e2e.work.skips
proves 0
says "Result: PASS"
muster report --format tap --tap-version 14 "$run" && says "TAP version 14"
muster report --format tap --tap-version 12 "$run"
is "status of --tap-version 12" 4 $?

run 1 e2e.work.passes e2e.work.fails e2e.work.aborts e2e.work.skips e2e.work.recovers_by_marker --junit "$work/copy.xml"
proves 1
says "Failed tests:"
# Each block on its own, as a harness gives it to a reader of YAML.
perl -MCPAN::Meta::YAML -ne '
    if (/^  ---$/) { $block = "---\n"; next }
    if (/^  \.\.\.$/) { print CPAN::Meta::YAML->read_string($block)->[0]{verdict}, "\n"; undef $block; next }
    $block .= s/^  //r if defined $block' "$work/run.tap" >"$work/verdicts" || fail "the YAML can't be read"
is "verdicts in the YAML" "crashed failed" "$(sort "$work/verdicts" | xargs)"

cmp "$run/junit.xml" "$work/copy.xml" || fail "--junit wrote something else"
valid jenkins "$run/junit.xml"
for family in jenkins surefire; do
    muster report --format junit --junit-family $family "$run" || fail "no JUnit for $family"
    valid $family "$work/console"
done
muster report --format junit --junit-family full "$run" && says '<property name="marker"'
run 1 e2e.work.fails --junit-family surefire
valid surefire "$run/junit.xml"

# Told before the run, not after it.
run 4 e2e.work.passes --junit "$work/nowhere/junit.xml"
complains "--junit $work/nowhere/junit.xml: its folder: No such file or directory"
run 4 e2e.work.passes --junit "$work"
complains "it is no regular file"
run 4 e2e.work.passes --junit-family maven
complains "--junit-family maven is not known"
finish
