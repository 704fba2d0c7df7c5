#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each mistake is named with its place, and runs nothing.
# shellcheck source=tests/e2e/params/lib.sh
. "$(dirname "$0")/lib.sh"

# mistake TEXT ARGUMENT...: `muster list` and `muster run` both refuse it, with status 4.
mistake() {
    text=$1
    shift
    for verb in list "run --out $out"; do
        # shellcheck disable=SC2086
        muster $verb "$@"
        status=$?
        [ "$status" -eq 4 ] || fail "$verb $*: status $status"
        complains "$text"
    done
    [ ! -e "$out/latest" ] || fail "$*: something was run"
}

broken() {
    name=$1
    shift
    mistake "scenario e2e.broken.$name ($(place_of "$name")): $*" "$broken_so" "e2e.broken.$name"
}

place_of() {
    "$bin/muster" inspect "$broken_so" | sed -n "s/.*e2e.broken.$1  (\(.*broken.c:[0-9]*\))/\1/p"
}

number='a decimal number from -2147483648 to 2147483647'
broken bad_cell "row 2, column seats: 'ten' is not an i32: $number"
broken no_value 'parameter seats has no value: it stands in no table, and has no fallback'
broken same_rows 'row 1 and row 3 have the same values: their cases would have the same id'
broken no_file "reading $plugins/data/gone.csv: No such file or directory"
broken bad_file "$plugins/data/bad.csv:3:6: column seats: '1,5' is not an i32: $number"
broken bad_json "row 2, column extra: it is not JSON: string or '}' expected near 'a' (line 1, column 2)"
broken too_many 'its tables give 1001 x 1000 = 1001000 cases; 1000000 is the most'

# A scenario that is not asked for may be as broken as it likes.
"$bin/muster" list "$broken_so" e2e.broken.fine >/dev/null || fail "a neighbour's mistake counts"

# --data
one=e2e.params.refund
printf 'seats\nten\n' >ten.csv
printf 'seats\n1\n1\n' >same.csv
printf 'planet\nearth\n' >planet.csv
printf 'plan,trial\nx,true\n' >two.csv
mistake "--data $one=ten.csv: scenario $one: ten.csv:2:1: column seats: 'ten' is not an i32: $number" \
    "$work_so" --data $one=ten.csv
mistake "same.csv:2 and same.csv:3 have the same values" "$work_so" --data $one=same.csv
mistake "planet.csv:1:1: column planet: no parameter has the name planet; did you mean plan?" \
    "$work_so" --data $one=planet.csv
mistake "--data $one=gone.yaml: scenario $one: reading gone.yaml: No such file or directory" \
    "$work_so" --data $one=gone.yaml
mistake "--data $one+=two.csv: scenario $one: two.csv: column trial is none of the table's" \
    "$work_so" --data $one+=two.csv
mistake "--data $one=rows.txt: scenario $one: rows.txt: a table is a file *.yaml, *.yml, *.json or *.csv" \
    "$work_so" --data $one=rows.txt
mistake '--data e2e.params.refnd=ten.csv: no scenario matches "e2e.params.refnd"; did you mean e2e.params.refund?' \
    "$work_so" --data e2e.params.refnd=ten.csv
mistake '--data e2e.params.plain=ten.csv: scenario e2e.params.plain has no parameters' \
    "$work_so" --data e2e.params.plain=ten.csv
mistake '--data ten.csv: it takes ID=FILE, or ID+=FILE for rows that come on top' "$work_so" --data ten.csv

finish
