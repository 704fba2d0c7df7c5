#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# More plugins than hosts can be kept: each is loaded again when its turn comes.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# copies N: so many plugins of two scenarios each in $work/plugins.
copies() {
    rm -rf "$work/plugins"
    mkdir "$work/plugins"
    for i in $(seq -f %04g 1 "$1"); do
        LC_ALL=C sed "s/e2e\.many-0000/e2e.many-$i/g" "$plugins/many.so" >"$work/plugins/$i.so"
    done
}

# passes ARGUMENT...: all that is in the folder.
passes() {
    status=0
    muster run "$work/plugins" --out "$out" --history none "$@" || status=$?
    is "the status" 0 "$status"
    is "what passed" "$((2 * $(find "$work/plugins" -name '*.so' | wc -l)))" \
        "$(query 'map(select(.type == "case.ended" and .verdict == "passed")) | length')"
}

# What the runner does for an attempt is not the attempt's time. The slow one is the last: its host ended long ago.
copies 99
LC_ALL=C sed "s/e2e\.many-0000/e2e.many-slow/g" "$plugins/many.so" >"$work/plugins/slow.so"
passes -j2
is "durations of the slow plugin's scenarios below 2.5 s" 2 "$(query '[.[] | select(.type == "attempt.ended" and
    (.case | startswith("e2e.many-slow")) and .duration_ns < 2500000000)] | length')"

# Few descriptors: fewer hosts at a time, and none that is missing.
copies 80
# shellcheck disable=SC3045 # the shells that run this have it
(ulimit -n 90 && passes -j2 && [ "$failures" -eq 0 ]) || fail "80 plugins with 90 descriptors"
# shellcheck disable=SC3045
(ulimit -n 90 && muster list "$work/plugins") || fail "listing 80 plugins with 90 descriptors"
is "what is listed" 160 "$(grep -c '^  e2e\.many-' "$work/console")"

# A plugin must be a file, wherever it stands; nobody waits for somebody to write into it.
rm -rf "$work/plugins"
mkdir "$work/plugins"
cp "$plugins/many.so" "$work/plugins/"
mkfifo "$work/plugins/pipe.so" "$work/plugins/pipe.yaml"
muster list "$work/plugins" --load-timeout 60s
is "the status with a FIFO among the plugins" 6 "$?"
is "FIFOs that were refused" 2 "$(grep -c 'pipe\.\(so\|yaml\).*not a regular file' "$work/complaints")"
finish
