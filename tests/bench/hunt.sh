#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hunts what goes wrong once in many runs: runs of passing scenarios, one after the other, until one does not end with
# status 0, with its evidence kept. By hand, and in CTest with a few runs; nothing here is timed.
#
# hunt.sh MUSTER FOLDER RUNS BUSY PLUGIN...
#
# The plugins take turns, and so do -j1 to -j6. BUSY processes keep the machine busy meanwhile, since what is rare shows
# where others are slow. FOLDER must not be there yet. Exit status: 0 when all runs passed; 1 at the first that did not:
# then FOLDER has its evidence (out/), what it printed (log) and its status, and nothing touches them any more.
set -eu

muster=$1 folder=$2 runs=$3 busy=$4
shift 4
mkdir "$folder"

burn() {
    while [ -d "$folder/busy" ]; do
        i=0
        while [ "$i" -lt 20000 ]; do i=$((i + 1)); done
    done
}

mkdir "$folder/busy"
trap 'rmdir "$folder/busy" 2>/dev/null || :; wait' EXIT
while [ "$busy" -gt 0 ]; do
    burn &
    busy=$((busy - 1))
done

run=1
while [ "$run" -le "$runs" ]; do
    for plugin; do
        jobs=$((run % 6 + 1))
        status=0
        rm -rf "$folder/out" # of a run that passed
        "$muster" run "$plugin" "-j$jobs" --out "$folder/out" --history none >"$folder/log" 2>&1 || status=$?
        if [ "$status" -ne 0 ]; then
            echo "$status" >"$folder/status"
            echo "run $run of $plugin with -j$jobs ended with $status; all of it is in $folder" >&2
            exit 1
        fi
        echo "$plugin -j$jobs" >>"$folder/done"
    done
    run=$((run + 1))
done
rm -rf "$folder"
echo "$runs runs of each of $# plugins: all ended with 0"
