# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# What the tests of `muster run` share: a folder of their own, a run in it, questions to its log.
# A test sources this with BIN PLUGINS as its arguments, asks with the functions below, and ends with `finish`.
set -u
bin=$1
plugins=$2
work_so=$plugins/work.so
plugin=e2e.work
failures=0

work=$(mktemp -d "${TMPDIR:-/tmp}/muster-run.XXXXXX") || exit 1
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
mkdir "$work/tmp" "$work/dir" "$work/out"
out=$work/out
dir=$work/dir
run=$out/latest
log=$run/events.jsonl
runner=
unset MUSTER_PLUGIN_PATH NO_COLOR

# End what has our folder in its environment or open: a failed test must not leave anything either.
clean_up() {
    [ -z "$runner" ] || kill -9 "$runner" 2>/dev/null
    for pid in $(grep -lsaF "$work" /proc/[0-9]*/environ /proc/[0-9]*/cmdline | cut -d/ -f3 | sort -un); do
        [ "$pid" = $$ ] || kill -9 "$pid" 2>/dev/null
    done
    rm -rf --one-file-system "$work" 2>/dev/null && return
    chattr -R -i "$work" 2>/dev/null # of a test that failed in between
    rm -rf --one-file-system "$work"
}

# needs PROGRAM: without it the test is skipped; under CI that is a failure.
needs() {
    ! command -v "$1" >/dev/null || return 0
    echo "$1 is not installed"
    [ "${CI:-}" = true ] && exit 1
    exit 77
}

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

# run STATUS ARGUMENT...: a run of ids of $plugin, which is in $work_so, and the status that it must have.
run() {
    want=$1
    shift
    muster run "$work_so" --out "$out" --set dir="$dir" "$@"
    status=$?
    [ "$status" -eq "$want" ] || fail "run $*: status $status, not $want"
}

# start ARGUMENT...: the same in the background; its id is in $runner.
start() {
    TMPDIR=$work/tmp "$bin/muster" run "$work_so" --out "$out" --set dir="$dir" "$@" \
        >"$work/console" 2>"$work/complaints" </dev/null &
    runner=$!
}

# ended STATUS: waits for what start started.
ended() {
    wait "$runner"
    status=$?
    runner=
    [ "$status" -eq "$1" ] || fail "the runner ended with status $status, not $1"
}

# until_ok COMMAND...: looks again and again, with a pause, until the command succeeds. Gives up, with 1, when what start
# started has ended by then.
until_ok() {
    until "$@"; do
        if ! kill -0 "$runner" 2>/dev/null; then
            "$@"
            return
        fi
        sleep 0.02
    done
}

# is_in_state LETTER PID: as ps(1) has it.
is_in_state() {
    [ "$(ps -o state= -p "$2")" = "$1" ]
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
    is "$1" "$2" "$(query ".[] | select(.type == \"case.ended\" and .case == \"$plugin.$1\") | .verdict")"
}

# complains TEXT: the last command said so on standard error; says TEXT: on standard output.
complains() {
    grep -qF -- "$1" "$work/complaints" || fail "no complaint \"$1\" but: $(cat "$work/complaints")"
}

says() {
    grep -qF -- "$1" "$work/console" || fail "the console does not say \"$1\""
}

# nothing_left: no temporary file and no process of the last run.
nothing_left() {
    left=$(find "$work/tmp" -mindepth 1 | head -n 3)
    [ -z "$left" ] || fail "temporary files are left: $left"
    id=$(query '.[0].run_id')
    left=$(grep -lsaF "MUSTER_RUN_ID=$id" /proc/[0-9]*/environ)
    [ -z "$left" ] || fail "processes are left: $left"
    [ ! -e "$run/.slots" ] || fail "the slots' folders are left"
}
