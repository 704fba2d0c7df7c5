#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs one hostile plugin together with an innocent one and holds the run's event log against expected/GROUP.tsv;
# then proves that nothing of the run is left.
#
#     attempts.sh BIN PLUGINS GROUP RUNG [USER]
#
# BIN has muster and its helpers, PLUGINS hostile-GROUP.so. RUNG is a containment (cgroup, pidns, reaper); with USER
# the run belongs to that user. Where the machine does not offer the rung, the test is skipped (status 77).
here=$(dirname "$0")
# shellcheck disable=SC2034 # lib.sh reads them
bin=$1 plugins=$2 group=$3 rung=$4 user=${5:-}
# shellcheck source=tests/hostile/lib.sh
. "$here/lib.sh"

# The table becomes one jq program: a call for each row, whose condition is code. "-" is an empty column: tabs in a
# row are one to the shell. A verdict's column may depend on the rung ("pidns:passed error"); alternatives are a|b.
table_program() {
    cat <<'END'
map(select(.case)) | (group_by(.case) | map({key: .[0].case, value: .}) | from_entries) as $cases
| (map(select(.type == "case.planned") | .scenario) | unique) as $planned
| def row($name; $verdicts; $pattern; condition):
    ($cases["hostile.\($group).\($name)"] // []) as $events
    | (first($events[] | select(.type == "case.ended") | .verdict) // "none") as $verdict
    | ([$events[] | select(.type == "attempt.ended") | .reason] | join("\n")) as $reason
    | (select($verdicts | split("|") | index($verdict) | not)
        | "\($name): verdict \($verdict), expected \($verdicts) (\($reason))"),
      (select($reason | test($pattern) | not) | "\($name): the reason \($reason) does not match \($pattern)"),
      (select($events | condition | not) | "\($name): its events are not as they should be: \($events)");
END
    names=
    while IFS="$tab" read -r name verdicts pattern condition; do
        case $name in '' | '#'*) continue ;; esac
        for choice in $verdicts; do
            case $choice in "$rung":*) verdicts=${choice#*:} ;; esac
        done
        [ "${pattern:--}" != - ] || pattern=
        printf 'row("%s"; "%s"; "%s"; %s),\n' "$name" "${verdicts%% *}" "$pattern" "${condition:-true}"
        names="$names \"$name\","
    done <"$here/expected/$group.tsv"
    cat <<END
(\$planned - [$names "bystander_prints", "bystander_writes"])[] as \$name | "\(\$name): the table does not have it"
END
}

check_table() {
    table_program >"$work/table.jq"
    jq -r -s --arg group "$group" -f "$work/table.jq" "$log" >"$work/differences" || fail "the table is not understood"
    while IFS= read -r line; do
        fail "$line"
    done <"$work/differences"
}

prepare
cp "$plugins/hostile-$group.so" "$work/plugins/"
run_muster
check_ends_well
check_bystanders 4
check_table
check_nothing_remains
report
