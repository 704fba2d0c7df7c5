#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Cases are listed, and selected by id, glob and word.
# shellcheck source=tests/e2e/params/lib.sh
. "$(dirname "$0")/lib.sh"

refunds='refund[plan=pro,seats=1] refund[plan=pro,seats=10] refund[plan=a%20b,seats=1] refund[plan=a%20b,seats=10]'
is "all of one" "$refunds" "$(ids_of "$work_so" e2e.params.refund)"
is "one" 'refund[plan=a%20b,seats=10]' "$(ids_of "$work_so" 'e2e.params.refund[plan=a%20b,seats=10]')"
is "glob" 'refund[plan=pro,seats=1] refund[plan=pro,seats=10]' "$(ids_of "$work_so" 'e2e.params.refund[plan=pro,*]')"
is "word" 'refund[plan=pro,seats=1] refund[plan=pro,seats=10] filed[plan=pro%2C%20team,seats=10]' \
    "$(ids_of "$work_so" -k pro)"
is "markers" "$refunds" "$(ids_of "$work_so" -m e2e)"

# A word that nobody bears is told of, where scenarios have parameters too; a value's is none.
"$bin/muster" list "$work_so" -k 'pro or nobdy' >"$work/console" 2>"$work/complaints"
is "the warning" "muster: -k: no scenario's id, plugin or marker contains nobdy" "$(cat "$work/complaints")"
muster list "$work_so" -k 'pro or nobdy' --strict-markers
is "status with --strict-markers" 4 $?
"$bin/muster" list "$work_so" -k 'not pro and not team' >"$work/console" 2>"$work/complaints"
is "warnings of values" "" "$(cat "$work/complaints")"
is "a bare name" "$refunds" "$(ids_of "$work_so" refund)"
is "a bare name of one case" 'refund[plan=pro,seats=10]' "$(ids_of "$work_so" 'refund[plan=pro,seats=10]')"

# What is shown of a case: its parameters with their types.
"$bin/muster" list "$work_so" 'e2e.params.refund[plan=pro,seats=1]' --json >"$work/console"
is "scenario" e2e.params.refund "$(jq -r '.scenarios[0].scenario' "$work/console")"
is "params" 'plan str pro, seats i32 1, trial bool false' \
    "$(jq -r '[.scenarios[0].params[] | "\(.name) \(.type) \(.value)"] | join(", ")' "$work/console")"
muster list "$work_so" e2e.params.refund
says "4 cases of 1 scenario, 0 deselected"
is "summary" 1 "$(grep -c 'A refund is paid' "$work/console")"

muster run "$work_so" e2e.params.refund --dry-run
says 'e2e.params.refund[plan=a%20b,seats=10]'
says '4 scenarios would run'

muster list "$work_so" 'e2e.params.refund[plan=prp,seats=1]'
is "status" 4 $?
complains 'did you mean e2e.params.refund[plan=pro,seats=1]?'

muster inspect "$work_so"
says 'parameter  i32 seats'
says 'plan, seats: 1 row, and those of data/rows.csv'

finish
