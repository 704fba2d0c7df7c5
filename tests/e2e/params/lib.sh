# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# What these tests share with those of `muster run` (which see), for the plugin of parameters.
# shellcheck source=tests/e2e/run/lib.sh
. "$(dirname "$0")/../run/lib.sh"
work_so=$plugins/params.so
broken_so=$plugins/broken.so
cd "$work" || exit 1

# listed ID...: the ids that `muster list` shows for these arguments, in a line.
ids_of() {
    "$bin/muster" list "$@" --json 2>"$work/complaints" | jq -r '[.scenarios[].id | sub("^e2e.params."; "")] | join(" ")'
}

# output CASE: what its first attempt printed.
output() {
    cat "$run/cases/e2e.params.$1/attempt-1/stdout.log"
}
