# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# What the tests of scenarios as data share with those of `muster run` (which see). A test sources this with BIN PLUGINS
# SAMPLES.
# shellcheck source=tests/e2e/run/lib.sh
. "$(dirname "$0")/../run/lib.sh"
samples=$3
docs=$3/../../../../docs
MUSTER_PLUGIN_PATH=$plugins
export MUSTER_PLUGIN_PATH
cp "$samples"/* "$work"
cd "$work" || exit 1

# run STATUS ARGUMENT...: a run of these files, and the status that it must have.
run() {
    want=$1
    shift
    muster run "$@" --out "$out" --set dir="$dir"
    status=$?
    [ "$status" -eq "$want" ] || fail "run $*: status $status, not $want"
}

# verdict CASE EXPECTED: with its whole id.
verdict() {
    is "$1" "$2" "$(query ".[] | select(.type == \"case.ended\" and .case == \"$1\") | .verdict")"
}

# printed CASE TEXT: all that the case's steps said, its lines joined by "; ".
printed() {
    is "what $1 printed" "$2" "$(paste -sd';' "$run/cases/$1/attempt-1/stdout.log" | sed 's/;/; /g')"
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
