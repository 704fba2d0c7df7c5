#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a rung of the containment ladder withstands is what docs/internals/containment-ladder.md says: each row of its table
# is a scenario, each cell a run, with root's rights, in a PID and mount namespace of the test's own.
#
#     ladder.sh BIN PLUGINS RUNG
here=$(dirname "$0")
# shellcheck disable=SC2034 # lib.sh reads them
bin=$1 plugins=$2 rung=$3 user=
table=$here/../../docs/internals/containment-ladder.md
# shellcheck source=tests/hostile/lib.sh
. "$here/lib.sh"

[ "$(id -u)" -eq 0 ] || { echo "skipped: the table is about root"; exit 77; }
unshare --mount --pid --fork --mount-proc true 2>/dev/null || { echo "skipped: no namespaces for the test"; exit 77; }

# rows: "SCENARIO CELL" for this rung; the table's header has the rungs in backquotes, its second column the scenarios.
rows() {
    awk -F'|' -v rung="\`$rung\`" '
        { for (i = 2; i <= NF; i++) { gsub(/^ +| +$/, "", $i) } }
        $3 == "scenario" { for (i = 4; i <= NF; i++) if ($i == rung) column = i; next }
        column && $3 ~ /^`[a-z_]+`$/ { gsub(/`/, "", $3); print $3, $column }
        column && NF < 3 { column = 0 }' "$table"
}

# in_namespaces SCENARIO: a run of it and of innocent ones; its status in $status.
in_namespaces() {
    rm -rf "$work/out" "$work/left" "$work/status"
    STATUS=$work/status LEFT=$work/left TMPDIR=$work/tmp timeout 60 \
        unshare --mount --pid --fork --mount-proc --kill-child sh "$inner" \
        "$work/bin/muster" run "$work/plugins" "hostile.ladder.$1" hostile.ladder.bystander_prints -j 1 \
        --order source --out "$work/out" --containment "$rung" >"$work/console" 2>&1 </dev/null
    status=$(cat "$work/status" 2>/dev/null)
    status=${status:-none}
    log=$work/out/latest/events.jsonl
}

verdict_of() {
    jq -rs --arg case "hostile.ladder.$1" \
        '[.[] | select(.type == "case.ended" and .case == $case) | .verdict] | first // "none"' "$log" 2>/dev/null
}

# What a runner that was ended left is for `muster cleanup`; which has to know that it was, from another namespace.
clean_after() {
    "$work/bin/muster" cleanup --out "$work/out" >>"$work/console" 2>&1 || fail "$1: muster cleanup has status $?"
}

check_row() {
    in_namespaces "$1"
    if [ "$status" = 3 ] && grep -q -- '--containment' "$work/console"; then
        echo "skipped: $(head -n 1 "$work/console")"
        exit 77
    fi
    own=$(verdict_of "$1")
    bystander=$(verdict_of bystander_prints)
    echo "$1: $2; status $status, $own, the innocent one $bystander, left: $(cat "$work/left" 2>/dev/null)"
    case $2 in
    withstands)
        [ "$status $own $bystander" = "0 passed passed" ] || fail "$1: it does not withstand"
        [ ! -s "$work/left" ] || fail "$1: processes are left: $(cat "$work/left")"
        ;;
    'does not') # the runner is ended, or the scenario has found what it looked for
        [ "$status" != 0 ] || fail "$1: it withstands, and the table says that it does not"
        case $status in 1) ;; *) clean_after "$1" ;; esac
        ;;
    *) fail "$1: \"$2\" is no cell" ;;
    esac
    run_id=$(head -n 1 "$log" | jq -r .run_id)
    left=$(find /sys/fs/cgroup -type d -name "muster-*$run_id*" 2>/dev/null)
    [ -z "$left" ] || fail "$1: cgroups are left: $left"
    left=$(find "$work/tmp" -mindepth 1 | head -n 3)
    [ -z "$left" ] || fail "$1: temporary files are left: $left"
}

prepare
inner=$work/inner.sh
# The first process in the namespaces: who is still there when the runner has ended.
cat >"$inner" <<'END'
set -- "$@" --set pid="$(readlink /proc/self/ns/pid)" --set user="$(readlink /proc/self/ns/user)" --set mnt="$(readlink /proc/self/ns/mnt)"
"$@"
echo $? >"$STATUS"
mountpoint -q /proc || mount -t proc proc /proc
for process in /proc/[0-9]*; do
    [ "${process#/proc/}" = 1 ] || [ ! -d "$process" ] || printf '%s ' "${process#/proc/}"
done >"$LEFT"
END

cp "$plugins/hostile-ladder.so" "$work/plugins/"
rows >"$work/rows"
n=$(wc -l <"$work/rows")
[ "$n" -ge 7 ] || fail "the table has $n rows for $rung"
while read -r name cell <&3; do
    check_row "$name" "$cell"
done 3<"$work/rows"
# No scenario without a row.
for name in $(sed -n 's/^SCENARIO(\([a-z_]*\),.*/\1/p' "$here/plugins/ladder.c"); do
    grep -q "^$name " "$work/rows" || fail "$name has no row"
done
status=0
report
