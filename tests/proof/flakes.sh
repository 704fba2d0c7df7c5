#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# flakes.sh MUSTER [N] [ARGUMENT...]: runs the packs N times in a row (20) and tells of each scenario that did not end as it did the first
# time, or did not pass. Exit status 0: all runs were the same, and good.
set -u
muster=$1
times=${2:-20}
shift
[ $# = 0 ] || shift
work=$(mktemp -d "${TMPDIR:-/tmp}/muster-flakes.XXXXXX") || exit 1
status=0

# ends FILE: how each case of the last run ended.
ends() {
    jq -r '.testRun.scenarios[] | "\(.status) \(.id)"' "$work/out/latest/results.json" | sort >"$1"
}

n=0
while [ $n -lt "$times" ]; do
    n=$((n + 1))
    "$muster" run --packs -q --history none --bundle none --out "$work/out" "$@" >"$work/console" 2>&1 </dev/null
    ended=$?
    ends "$work/$n"
    differs=$(diff "$work/1" "$work/$n" | sed -n 's/^[<>] //p')
    bad=$(grep -v -E '^(PASSED|SKIPPED) ' "$work/$n")
    if [ $ended -ne 0 ] || [ -n "$differs$bad" ]; then
        status=1
        printf 'run %s: status %s, kept in %s\n%s\n' $n $ended "$(readlink -f "$work/out/latest")" "$(printf '%s\n%s\n' "$differs" "$bad" | sort -u)"
        tail -n 40 "$work/console"
    else
        echo "run $n: $(wc -l <"$work/$n") cases, as before"
        rm -rf "$(readlink -f "$work/out/latest")"
    fi
done
[ $status -ne 0 ] || rm -rf "$work"
exit $status
