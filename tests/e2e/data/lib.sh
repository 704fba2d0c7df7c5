# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# What the tests of scenarios as data share. A test sources this with BIN PLUGINS SAMPLES, and ends with `finish`.
set -u
bin=$1
plugins=$2
samples=$3
docs=$3/../../../../docs
failures=0

work=$(mktemp -d "${TMPDIR:-/tmp}/muster-data.XXXXXX") || exit 1
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' INT TERM HUP
mkdir "$work/tmp" "$work/dir"
out=$work/out
log=$out/latest/events.jsonl
unset NO_COLOR
MUSTER_PLUGIN_PATH=$plugins
export MUSTER_PLUGIN_PATH
cp "$samples"/* "$work"
cd "$work" || exit 1

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n' "$*"
}

finish() {
    [ "$failures" -eq 0 ] && exit 0
    echo "---- console:"
    cat "$work/console" "$work/complaints" 2>/dev/null
    exit 1
}

# muster ARGUMENT...: the program, its output in $work/console and $work/complaints.
muster() {
    TMPDIR=$work/tmp "$bin/muster" "$@" >"$work/console" 2>"$work/complaints" </dev/null
}

# run STATUS ARGUMENT...: a run, and the status that it must have.
run() {
    want=$1
    shift
    muster run "$@" --out "$out" --set dir="$work/dir"
    status=$?
    [ "$status" -eq "$want" ] || fail "run $*: status $status, not $want"
}

# query FILTER: of the events, as a list; raw output.
query() {
    jq -rs "$1" "$log"
}

# is WHAT EXPECTED ACTUAL
is() {
    [ "$2" = "$3" ] || fail "$1: \"$3\", not \"$2\""
}

# verdict CASE EXPECTED
verdict() {
    is "$1" "$2" "$(query ".[] | select(.type == \"case.ended\" and .case == \"$1\") | .verdict")"
}

# printed CASE TEXT: all that the case's steps said, its lines joined by "; ".
printed() {
    is "what $1 printed" "$2" "$(paste -sd';' "$out/latest/cases/$1/attempt-1/stdout.log" | sed 's/;/; /g')"
}

# failed CASE TEXT: one of its failed checks has this in its expression, its values or its message.
failed() {
    query ".[] | select(.type == \"attempt.check\" and .case == \"$1\")
        | [.expression, .actual, .expected, .message, .file, (.line | tostring)] | join(\"|\")" >"$work/failed"
    grep -qF -- "$2" "$work/failed" || fail "no failed check of $1 says \"$2\" but: $(cat "$work/failed")"
}

# complains TEXT: a refused file, in the console of a run or among the complaints.
complains() {
    grep -qF -- "$1" "$work/complaints" "$work/console" || fail "no complaint \"$1\" but: $(cat "$work/complaints")"
}
