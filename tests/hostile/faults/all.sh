#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# all.sh BIN PLUGIN FOLDER [ROLE...]: counts the calls of a small run, and has one run for each site of a call, in which it
# fails; with `every=yes` one for each call and each error that it can give. What went wrong is told, and stays in FOLDER.
set -u
here=$(cd "$(dirname "$0")" && pwd)
bin=$1
plugin=$2
folder=$3
shift 3
roles=${*:-supervisor zygote host monitor}
rm -rf "$folder"
mkdir -p "$folder/tmp" || exit 1

TMPDIR=$folder/tmp "$bin/fault-run" --list "$folder/calls" --report "$folder/report" \
    "$bin/muster" run "$plugin" --out "$folder/out" -j 2 --containment "${rung:-reaper}" --history none >"$folder/console" 2>&1 </dev/null
case $? in
1) ;;
103)
    echo "skipped: ptrace is not to be had here"
    exit 77
    ;;
*)
    cat "$folder/console" "$folder/report"
    echo "FAILED: without a fault"
    exit 1
    ;;
esac

# Of a site the first call, and the error whose turn it is.
awk -v roles=" $roles " -v every="${every:-no}" '
    index(roles, " " $1 " ") == 0 { next }
    every == "yes" { for (i = 5; i <= NF; i++) print $1 ":" $2 ":" $3 ":" $i; next }
    !seen[$1, $2, $4]++ { print $1 ":" $2 ":" $3 ":" $(5 + n++ % (NF - 4)) }' "$folder/calls" >"$folder/plan"

xargs -P "$(nproc)" -n 1 "$here/one.sh" "$bin" "$plugin" "$folder/runs" <"$folder/plan" >"$folder/wrong"
if [ -s "$folder/wrong" ]; then
    cat "$folder/wrong"
    echo "FAILED: $(cut -d: -f1-4 "$folder/wrong" | sort -u | wc -l) of $(wc -l <"$folder/plan") faults"
    exit 1
fi
all=$(wc -l <"$folder/plan")
touch "$folder/unreached"
missed=$(wc -l <"$folder/unreached")
echo "$all faults, $missed of which did not come this time; each was told and cleaned up after"
[ "$missed" -lt $((all / 4 + 1)) ] # else it is not the runner that is tested
