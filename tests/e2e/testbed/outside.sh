#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# outside.sh BIN PLUGINS SHIPPED TESTBED: provisioning with an orchestrator, a mail server, a full disk and a platform that is killed.
shipped=$3
program=$4
. "$(dirname "$0")/../run/lib.sh"
python=/usr/bin/python3
[ -x $python ] || python=python3
if ! $python -I -c 'import aiosmtpd' 2>/dev/null; then
    echo "python3-aiosmtpd is not installed"
    [ "${CI:-}" = true ] && exit 1
    exit 77
fi
MUSTER_PLUGIN_PATH=$shipped
export MUSTER_PLUGIN_PATH
muster run "$plugins/outside.so" --out "$out" -j 3 --set testbed="$program" || fail "status $?"
is "what has not passed" 0 "$(query 'map(select(.type == "case.ended" and .verdict != "passed")) | length')"
is "how many have run" 9 "$(query 'map(select(.type == "case.ended")) | length')"
nothing_left
finish
