#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ends a runner from outside while a plugin's constructor hangs: the process that loads it goes too.
#
#     ended-loading.sh BIN PLUGINS SIGNAL [USER]
here=$(dirname "$0")
# shellcheck disable=SC2034 # lib.sh reads them
bin=$1 plugins=$2 signal=$3 rung=auto user=${4:-} run_id=none
# shellcheck source=tests/hostile/lib.sh
. "$here/lib.sh"

prepare
cp "$plugins/hostile-load-constructor-lingers.so" "$work/plugins/"
start_muster --pass-env HOSTILE_FIFO --load-timeout 100s
timeout 20 sh -c 'read -r line <&9' || fail "the constructor did not begin"
exec 9<&-
end_muster "$signal"
if [ "$signal" = KILL ]; then
    wait_for_survivors
    check_no_process
else
    check_nothing_remains
    [ "$status" -eq 2 ] || fail "exit status $status, expected 2 (interrupted)"
    grep -q "interrupted while plugins were loaded" "$work/console" || fail "the console does not say why"
    [ -z "$(ls "$work/out")" ] || fail "a run that never began has left a folder"
fi
report
