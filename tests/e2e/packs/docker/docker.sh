#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# with-postgres.sh docker.sh BIN PLUGINS HOLDS: the reference platform on real components, on a Docker Engine and a PostgreSQL
# server that are somebody else's: what a container of it is, and that nothing at all is left at its end, nor when the
# platform or the runner is killed.
. "$(dirname "$0")/../../run/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
needs dockerd
needs curl
needs knotd
needs kdig
[ "$(id -u)" = 0 ] || { echo "only root may start a Docker daemon"; exit 77; }
work_so=$3
MUSTER_PLUGIN_PATH=$plugins
export MUSTER_PLUGIN_PATH
target=$plugins/testbed-real.target.yaml
server="postgresql:///postgres?host=$PGHOST&user=$PGUSER"
mkfifo "$work/fifo1" "$work/fifo2"

# A failed test leaves no daemon either.
trap 'end_all; clean_up' EXIT
end_all() {
    exec 8>&- 9>&-
    [ -z "${other:-}" ] || wait "$other" 2>/dev/null
    for one in "$work"/out*/latest; do
        [ ! -e "$one" ] || TMPDIR=$work/tmp "$bin/muster" cleanup "$one" >/dev/null 2>&1 </dev/null
    done
}

# told FILE: what the scenario has written there.
told() {
    until [ -s "$1" ]; do
        kill -0 "$2" 2>/dev/null || { fail "the run ended: $(cat "$work/console")"; exit 1; }
        sleep 0.05
    done
    cat "$1"
}

# A daemon that is somebody else's: another run has it.
start a_daemon --set docker=own --set told="$work/daemon" --set fifo="$work/fifo1"
other=$runner
exec 8>"$work/fifo1"
socket=$(told "$work/daemon" "$other")
out=$work/out2
mkdir "$out"
run=$out/latest
log=$run/events.jsonl

# containers FILTER: how many on that daemon have this label.
containers() {
    curl -s --unix-socket "$socket" "http://engine/containers/json?all=1" --get --data-urlencode "filters={\"label\":[\"$1\"]}"
}

# of_run KIND: what of this kind (containers, images, networks, volumes) bears the label of the run.
of_run() {
    curl -s --unix-socket "$socket" "http://engine/$1?all=1" --get --data-urlencode "filters={\"label\":[\"muster.run=$id\"]}" |
        jq -c 'if type == "object" then (.Volumes // []) else . end | length'
}

# on_server: the databases and roles of the PostgreSQL server, which is somebody else's as well.
on_server() {
    psql -XAtq -d postgres -c 'SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles ORDER BY 1' | tr '\n' ' '
}
before=$(on_server)
files=$(ls "$work/tmp")

# What a container is, and what is left when everything ends in order, of a platform that was killed, and of a runner.
for victim in nobody platform runner; do
    rm -f "$work/told"
    start a_workload --target "$target" --set docker="unix://$socket" --set postgres_url="$server" --set told="$work/told" --set fifo="$work/fifo2"
    exec 9>"$work/fifo2"
    told "$work/told" "$runner" >"$work/line"
    read -r id tenant workload dns name <"$work/line"
    is "its name" 127.0.0.1 "$(kdig +short -p "${dns##*:}" "@${dns%:*}" "$name" A)"
    on_server | grep -q "muster_.* t_.*testbed_platform" || fail "no database and no role of the run: $(on_server)"
    is "images of the run" 1 "$(of_run images/json)"
    containers "muster.workload=$workload" >"$work/list"
    is "containers of the workload" 2 "$(jq length "$work/list")"
    is "their tenant" "$tenant" "$(jq -r '.[0].Labels["muster.tenant"]' "$work/list")"
    is "their run" "$id" "$(jq -r '.[0].Labels["muster.run"]' "$work/list")"
    curl -s --unix-socket "$socket" "http://engine/containers/$(jq -r '.[0].Id' "$work/list")/json" >"$work/one"
    is "limits" "268435456 1000000000 16 64" \
        "$(jq -r '.HostConfig | "\(.Memory) \(.NanoCpus) \(.PidsLimit) \(.Ulimits[0].Hard)"' "$work/one")"
    is "rights" 'true ["ALL"] 65534:65534' "$(jq -r '"\(.HostConfig.ReadonlyRootfs) \(.HostConfig.CapDrop) \(.Config.User)"' "$work/one")"
    pid=$(jq .State.Pid "$work/one")
    if [ "$victim" = platform ]; then
        platform=$(grep -lsaF "MUSTER_RUN_ID=$id" /proc/[0-9]*/environ | cut -d/ -f3 | while read -r one; do
            [ "$(cat "/proc/$one/comm" 2>/dev/null)" != muster-testbed ] || echo "$one"
        done)
        kill -9 "$platform"
        exec 9>&-
        wait "$runner"
    elif [ "$victim" = nobody ]; then
        exec 9>&-
        ended 0
    else
        kill -9 "$runner"
        wait "$runner" 2>/dev/null
        exec 9>&-
        muster cleanup "$out/latest" --set postgres_url="$server"
        is "cleanup" 0 $?
    fi
    runner=
    for kind in containers/json images/json networks volumes; do
        is "$kind left by the $victim" 0 "$(of_run "$kind")"
    done
    is "databases and roles left by the $victim" "$before" "$(on_server)"
    kdig +short +time=1 +retry=0 -p "${dns##*:}" "@${dns%:*}" "$name" A >"$work/answer" 2>/dev/null
    grep -q 127.0.0.1 "$work/answer" && fail "the zone's server is left by the $victim"
    left=$(grep -lsaF "MUSTER_RUN_ID=$id" /proc/[0-9]*/environ)
    [ -z "$left" ] || fail "processes are left by the $victim: $left"
    is "files left by the $victim" "$files" "$(ls "$work/tmp")"
    state=$(ps -o state= -p "$pid")
    [ -z "$state" ] || [ "$state" = Z ] || fail "process $pid of a container is left by the $victim"
done

# lives: a platform of nobody's run, always on the same store; its workload is the application of a tenant.
ask() {
    what=$1
    shift
    curl -s -H "Authorization: Bearer $token" "$(jq -r .url "$work/port")$what" "$@"
}
lives() {
    rm -f "$work/port"
    "$bin/muster-testbed" --db "$work/life.db" --driver "docker:unix://$socket" --port-file "$work/port" >/dev/null 2>"$work/complaints" </dev/null &
    runner=$!
    until_ok [ -s "$work/port" ] || { cat "$work/complaints"; exit 1; }
    token=
    token=$(ask /v1/auth/login -d "{\"username\": \"admin\", \"password\": \"$(jq -r .admin_password "$work/port")\"}" | jq -r .token)
}
has_containers() {
    containers muster.testbed >"$work/list"
    [ "$(jq length "$work/list")" = "$1" ]
}
has_another() {
    containers muster.testbed >"$work/list"
    jq -e --arg first "$first" 'any(.Id != $first)' "$work/list" >/dev/null
}
is_active() {
    [ "$(ask /v1/tenants | jq -r '.tenants[0].status')" = active ]
}

# One that was killed has left its containers and its image, which its next life removes.
lives
ask /v1/tenants -d '{"name": "A", "subdomain": "stays", "plan": "starter", "admin": {"username": "stays", "password": "Correct-horse-7"}}' >"$work/answer"
until_ok is_active || fail "no tenant: $(cat "$work/answer")"
has_containers 1 || fail "the application is not one container: $(cat "$work/list")"
first=$(jq -r '.[0].Id' "$work/list")
kill -9 "$runner"
wait "$runner" 2>/dev/null
has_containers 1 || fail "a platform that was killed has removed its container"
lives
until_ok has_another || fail "containers in the second life: $(cat "$work/list")"
is "containers in the second life" 1 "$(jq length "$work/list")"
is "images of a platform's two lives" 1 "$(curl -s --unix-socket "$socket" http://engine/images/json?all=1 | jq length)"
kill "$runner"
ended 0
has_containers 0 || fail "containers after the second life: $(cat "$work/list")"
is "images after it" 0 "$(curl -s --unix-socket "$socket" http://engine/images/json?all=1 | jq length)"

# An engine that is none is told at once.
"$bin/muster-testbed" --driver docker:unix:///nowhere/docker.sock </dev/null >"$work/console" 2>"$work/complaints"
is "without an engine" 1 $?
complains "the Docker Engine at /nowhere/docker.sock makes no image: "
"$bin/muster-testbed" --driver docker:tcp://127.0.0.1:1 </dev/null >"$work/console" 2>"$work/complaints"
is "an engine by TCP" 1 $?
complains "a Docker Engine is at docker:unix:///PATH"
finish
