# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# SPDX-License-Identifier: Apache-2.0
# The tests of scheduling ask as the tests of `muster run` do, over a plugin of their own.
. "$(dirname "$0")/../run/lib.sh"
work_so=$plugins/sched.so
cd "$work" || exit 1

# verdict SCENARIO EXPECTED
verdict() {
    is "$1" "$2" "$(query ".[] | select(.type == \"case.ended\" and .case == \"e2e.sched.$1\") | .verdict")"
}

# started: the scenarios in the order in which their attempts began, without the plugin's name.
started() {
    query '[.[] | select(.type == "attempt.started") | .case | ltrimstr("e2e.sched.")] | join(" ")'
}
