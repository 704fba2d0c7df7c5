#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The environment of attempts: clean, with what the run says, and with no secret of the user's.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

SECRET_TOKEN=hunter2 WANTED=yes UNSET_ONE='' TZ=Europe/Berlin LANG=C.UTF-8
export SECRET_TOKEN WANTED UNSET_ONE TZ LANG
run 0 e2e.work.prints_environment --pass-env WANTED --pass-env NOT_THERE --seed 4711 -j 1
environment=$run/cases/e2e.work.prints_environment/attempt-1/stdout.log

# value NAME EXPECTED
value() {
    is "$1" "$1=$2" "$(grep "^$1=" "$environment")"
}

value TZ UTC
value LANG C.UTF-8
value WANTED yes
value MUSTER 1
value MUSTER_RUN_ID "$(query '.[0].run_id')"
value MUSTER_CASE e2e.work.prints_environment
value MUSTER_ATTEMPT 1
value MUSTER_SLOT 0
value MUSTER_SEED 4711
temp=$(sed -n 's/^MUSTER_TMPDIR=//p' "$environment")
case $temp in
"$work/tmp/muster-"*) ;;
*) fail "MUSTER_TMPDIR is $temp" ;;
esac
value TMPDIR "$temp"
[ ! -e "$temp" ] || fail "the temporary folder is left"
is "names" "" "$(grep -E '^(SECRET_TOKEN|UNSET_ONE|NOT_THERE|OLDPWD|PWD)=' "$environment")"
is "the secret's traces" "" "$(grep -rl hunter2 "$run/")"
for name in $(cut -d= -f1 "$environment"); do
    case $name in
    PATH | HOME | USER | LOGNAME | SHELL | LANG | LC_ALL | LD_LIBRARY_PATH | ASAN_OPTIONS | UBSAN_OPTIONS | LSAN_OPTIONS) ;;
    TZ | WANTED | MUSTER | MUSTER_RUN_ID | MUSTER_SEED) ;;
    MUSTER_CASE | MUSTER_ATTEMPT | MUSTER_SLOT | MUSTER_TMPDIR | TMPDIR | MUSTER_ARTIFACTS) ;;
    *) fail "$name is passed on, though nobody asked for it" ;;
    esac
done

# What is asked for replaces a default; muster's own can't be replaced.
MUSTER_RUN_ID=forged MUSTER_CASE=forged
export MUSTER_RUN_ID MUSTER_CASE
run 0 e2e.work.prints_environment --pass-env TZ --pass-env MUSTER_RUN_ID --pass-env MUSTER_CASE
value TZ Europe/Berlin
value MUSTER_RUN_ID "$(query '.[0].run_id')"
value MUSTER_CASE e2e.work.prints_environment
unset MUSTER_RUN_ID MUSTER_CASE

# One slot, one attempt after the other: nothing is handed down.
run 0 -m heritage -j 1

run 0 e2e.work.knows_the_target --set 'url=http://127.0.0.1:1/?a=b' --set empty=
run 1 e2e.work.knows_the_target --set url=another
finish
