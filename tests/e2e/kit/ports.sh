#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ports of eight slots of two runs at the same time: no listener meets another's.
. "$(dirname "$0")/../run/lib.sh"
needs python3
work_so=$plugins/servers.so

start -j 8 --out "$work/other" 'e2e.kit.has_ports[*'
run 0 -j 8 'e2e.kit.has_ports[*'
is "cases" 16 "$(query 'map(select(.type == "case.ended" and .verdict == "passed")) | length')"
ended 0
finish
