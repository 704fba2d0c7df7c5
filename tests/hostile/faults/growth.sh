#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# growth.sh BIN PLUGIN FOLDER: how many files the supervisor opens to end what is left where all monitors die at once. With a
# list of all slots for each slot 32 of them cost 1300, with one a turn of the loop 180.
set -u
bin=$1
plugin=$2
folder=$3
most=700

# Each look costs the same, and a loaded machine needs more of them until all have gone: the best of some runs counts.
for try in 1 2 3 4 5 6 7 8; do
    rm -rf "$folder"
    mkdir -p "$folder/tmp" || exit 1
    TMPDIR=$folder/tmp "$bin/fault-run" --list "$folder/calls" --report "$folder/report" "$bin/muster" run "$plugin" \
        e2e.find.kills_its_monitor --repeat 32 -j 32 --containment reaper --out "$folder/out" --history none \
        >"$folder/console" 2>&1 </dev/null
    status=$?
    if [ "$status" -eq 103 ]; then
        echo "skipped: ptrace is not to be had here"
        exit 77
    fi
    n=$(grep -c '^supervisor openat ' "$folder/calls")
    echo "try $try: status $status, $n files"
    [ "$status" -eq 0 ] && [ "$n" -gt 32 ] || break
    [ "$n" -ge "$most" ] || exit 0
done
cat "$folder/console"
exit 1
