# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# For the tests of targets: a folder of their own, a command with its status, what it said. Sourced; `muster` is set then.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fails=0

fail() {
    echo "FAIL: $*" >&2
    fails=1
}

# has FILE TEXT
has() {
    grep -qF -- "$2" "$1" || {
        fail "not in $1: $2"
        cat "$1" >&2
    }
}

# expect STATUS COMMAND...: what it says is in the file `said`
expect() {
    wanted=$1 status=0
    shift
    "$@" >"$work/said" 2>&1 || status=$?
    [ "$status" = "$wanted" ] || {
        fail "status $status, not $wanted, of: $*"
        cat "$work/said" >&2
    }
}

# run STATUS ARGUMENT...: `shipped` has the plugins that need no name
run() {
    wanted=$1
    shift
    expect "$wanted" env "MUSTER_PLUGIN_PATH=$shipped" "$muster" run --history none -o "$work/out" "$@"
}
