# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# What the tests of containers share; sourced with BIN PLUGINS SERVICE.
. "$(dirname "$0")/../../run/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
needs dockerd
needs busybox
[ "$(id -u)" = 0 ] || { echo "only root may start a Docker daemon"; exit 77; }
service=$3
work_so=$plugins/containers.so
plugin=e2e.containers

# A failed test leaves no daemon either.
trap 'end_daemons; clean_up' EXIT
end_daemons() {
    for folder in $(folders); do
        [ ! -e "$folder" ] || TMPDIR=$work/tmp "$bin/muster" cleanup "$out/latest" >/dev/null 2>&1 </dev/null
    done
}

# folders: of the daemons that the last run has started, by its ledger.
folders() {
    jq -r 'select(.cleanup == "docker.remove") | .payload' "$run/ledger.jsonl" 2>/dev/null
}

reason() {
    query ".[] | select(.type == \"case.ended\" and .case == \"e2e.containers.$1\") | .reason"
}

# reason_has CASE TEXT...
reason_has() {
    case=$1
    shift
    for text; do
        case $(reason "$case") in
        *"$text"*) ;;
        *) fail "$case has no \"$text\" in its reason but: $(reason "$case")" ;;
        esac
    done
}

# blocks: notes the addresses of the daemons that run, each with 1024 of them, so that their networks are found later.
blocks() {
    for folder in $(folders); do
        first=$(($(cat "$folder/block") / 256))
        for third in 0 1 2 3; do
            echo " 198.$((first / 256 % 256)).$((first % 256 + third))."
        done
    done >"$work/blocks"
    [ "$(ip -o -4 address | grep -cFf "$work/blocks")" = 2 ] || fail "a bridge and a network, with these: $(cat "$work/blocks")"
}

# What has ended and is not reaped yet, where PID 1 takes its time, is nobody's.
without_zombies() {
    while read -r file; do
        pid=${file#/proc/}
        state=$(ps -o state= -p "${pid%%/*}")
        [ -z "$state" ] || [ "$state" = Z ] || echo "$file"
    done
}

# no_daemon_left: neither processes, mounts, control groups, interfaces nor files of the last run's.
no_daemon_left() {
    [ -n "$(folders)" ] || fail "no folder of a daemon is in the ledger"
    for folder in $(folders); do
        id=${folder##*-}
        [ ! -e "$folder" ] || fail "a folder is left: $folder"
        printf '%s' "$folder" >"$work/pattern" # who looks does not have it in its command line
        left=$(grep -lsaFf "$work/pattern" /proc/[0-9]*/cmdline)
        [ -z "$left" ] || fail "processes are left: $left"
        left=$(grep -lsF "muster-docker-$id" /proc/[0-9]*/cgroup /proc/[0-9]*/mountinfo | without_zombies)
        [ -z "$left" ] || fail "processes in its control groups, or its mounts, are left: $left"
        left=$(find /sys/fs/cgroup -maxdepth 2 -name "muster-docker-$id*")
        [ -z "$left" ] || fail "control groups are left: $left"
    done
    left=$([ ! -s "$work/blocks" ] || ip -o -4 address | grep -Ff "$work/blocks")
    [ -z "$left" ] || fail "interfaces are left: $left"
    for folder in $(folders); do
        id=${folder##*-}
        ! ip link show "mst-$(printf %.8s "$id")" >/dev/null 2>&1 || fail "a bridge is left: mst-$id"
    done
}
