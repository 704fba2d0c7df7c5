#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rows out of files: a plugin's own, and those of --data, in each format.
# shellcheck source=tests/e2e/params/lib.sh
. "$(dirname "$0")/lib.sh"

# Of the plugin, from its folder.
run 0 e2e.params.filed e2e.params.listed
is "own" "plan=own seats=1" "$(output 'filed[plan=own,seats=1]')"
is "csv" "plan=pro, team seats=10" "$(output 'filed[plan=pro%252C%2520team,seats=10]')"
is "fallback" "plan=last seats=5" "$(output 'filed[plan=last,seats=5]')"
nested=$(find "$run/cases" -name 'e2e.params.listed*1*' -exec cat '{}/attempt-1/stdout.log' \;)
is "yaml" 'extra=[1,{"a":"b"}]' "$nested"

# --data, in each format: in place of the table that has its columns.
printf -- '- {seats: 3}\n- seats: 4\n' >rows.yaml
printf '{"few": [{"seats": 5}], "many": [{"seats": 6}, {"seats": 7}]}' >rows.json
printf 'seats\n8\n' >rows.csv
one=e2e.params.refund
is "yaml" 'refund[plan=pro,seats=3] refund[plan=pro,seats=4] refund[plan=a%20b,seats=3] refund[plan=a%20b,seats=4]' \
    "$(ids_of "$work_so" $one --data $one=rows.yaml)"
is "json" 'refund[plan=pro,seats=5] refund[plan=a%20b,seats=5]' \
    "$(ids_of "$work_so" $one --data $one=rows.json#/few)"
is "csv, by a glob" 'refund[plan=pro,seats=8] refund[plan=a%20b,seats=8]' \
    "$(ids_of "$work_so" $one --data "e2e.*.ref*=rows.csv")"
is "on top" 'refund[plan=pro,seats=1] refund[plan=pro,seats=10] refund[plan=pro,seats=6] refund[plan=pro,seats=7]' \
    "$(ids_of "$work_so" "${one}[plan=pro,*]" --data $one+=rows.json#/many)"
is "by its bare name" 'refund[plan=pro,seats=8] refund[plan=a%20b,seats=8]' "$(ids_of "$work_so" $one --data refund=rows.csv)"
printf 'plan,seats\nx,1\ny,2\n' >both.csv
is "both tables" 'refund[plan=x,seats=1] refund[plan=y,seats=2]' "$(ids_of "$work_so" $one --data $one=both.csv)"
printf 'trial\ntrue\nfalse\n' >trial.csv
is "one more table" 'refund[plan=x,seats=1,trial=true] refund[plan=x,seats=1,trial=false]' \
    "$(ids_of "$work_so" "${one}[plan=x,*]" --data $one=both.csv --data $one=trial.csv)"
is "by the prefix" 'refund[plan=x,seats=1] refund[plan=y,seats=2] filed[plan=x,seats=1] filed[plan=y,seats=2]' \
    "$(ids_of "$work_so" $one e2e.params.filed --data "e2e.params.[rf][ei][fl]*=both.csv")"

run 0 $one --data $one=rows.yaml
is "run" "plan=pro seats=4 trial=0" "$(output 'refund[plan=pro,seats=4]')"

# The longest text there may be arrives whole, and leaves an id that names a folder.
long=$(head -c 16383 /dev/zero | tr '\0' 'x')
printf 'plan,seats\n%s,1\n' "$long" >long.csv
run 0 $one --data $one=long.csv
is "long" "plan=$long seats=1 trial=0" "$(cat "$run"/cases/*/attempt-1/stdout.log)"
is "its id" "${one}[plan=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx%~" \
    "$(query '.[] | select(.type == "case.ended").case' | cut -d'~' -f1)~"
printf 'plan,seats\n%sx,1\n' "$long" >long.csv
muster list "$work_so" $one --data $one=long.csv
complains "long.csv:2:1: column plan: it is longer than 16383 bytes"

# A thousand rows of one table.
seq 1 1000 | sed '1i seats' >many.csv
is "many" 2000 "$(ids_of "$work_so" $one --data $one=many.csv | wc -w)"

finish
