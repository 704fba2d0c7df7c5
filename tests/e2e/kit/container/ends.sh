#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ends.sh BIN PLUGINS SERVICE: which daemon a run uses, and what is left of it and on it when the runner is killed.
. "$(dirname "$0")/lib.sh"

# waits: a run that holds containers, a network and an image.
waits() {
    rm -f "$dir/told"
    [ -p "$work/fifo" ] || mkfifo "$work/fifo"
    start "$service" waits_with_all_kinds --set fifo="$work/fifo" "$@"
    exec 9>"$work/fifo"
    until [ -s "$dir/told" ]; do
        kill -0 "$runner" 2>/dev/null || fail "the run ended: $(cat "$work/console")"
        [ -d "/proc/$runner" ] || exit 1
        sleep 0.05
    done
    read -r url label pid paused _ <"$dir/told"
    socket=${url#unix://}
}

killed() {
    kill -9 "$runner"
    wait "$runner" 2>/dev/null
    runner=
    exec 9>&-
}

# ask PATH: of the engine that the last run used, for what has its label.
ask() {
    curl -s --unix-socket "$socket" "http://engine$1" --get --data-urlencode "filters={\"label\":[\"$label\"]}"
}

is_gone() {
    state=$(ps -o state= -p "$1")
    [ -z "$state" ] || [ "$state" = Z ] || fail "process $1 of a container is left"
}

# The runner is killed: the daemon and all that it made goes by `muster cleanup`.
waits --set docker=own
is "containers" 2 "$(ask "/containers/json?all=1" | jq length)"
blocks
killed
muster cleanup "$out/latest"
is "cleanup" 0 $?
is_gone "$pid"
is_gone "$paused"
no_daemon_left
nothing_left

# Somebody else's daemon, which here is that of another run. What is not ours stays.
waits --set docker=own
theirs=$url
other=$runner
other_run=$(readlink -f "$run")
other_label=$label
exec 8>"$work/fifo"
out=$work/out2
mkdir "$out"
run=$out/latest
log=$run/events.jsonl
waits --set docker="$theirs"
is "whose daemon" "$theirs" "$url"
is "containers of this run" 2 "$(ask "/containers/json?all=1" | jq length)"
is "networks of this run" 1 "$(ask /networks | jq length)"
is "images of this run" 1 "$(ask "/images/json?all=1" | jq length)"
# Made by somebody else, as by a target's operation: no cleanup knows of it but by its label.
curl -s --unix-socket "$socket" -H 'Content-Type: application/json' -o /dev/null http://engine/volumes/create \
    -d "{\"Name\": \"stray\", \"Labels\": {\"muster.run\": \"${label#*=}\"}}"
is "volumes of this run" 1 "$(ask /volumes | jq '.Volumes | length')"
kill -9 "$runner"
wait "$runner" 2>/dev/null
muster cleanup "$out/latest"
is "cleanup of what is on somebody's daemon" 0 $?
is_gone "$pid"
is_gone "$paused"
for what in "/containers/json?all=1" /networks "/images/json?all=1"; do
    is "$what of the killed run" 0 "$(ask "$what" | jq length)"
done
is "volumes of the killed run" 0 "$(ask /volumes | jq '.Volumes | length')"
label=$other_label
is "containers of the other" 2 "$(ask "/containers/json?all=1" | jq length)"

# Nobody may use it, nobody is there, a daemon is not to be had.
chmod 755 "$work" "$(dirname "$socket")"
run 1 "$service" streams_are_taken_apart --set docker=unix:///nowhere/docker.sock
says "--set docker: /nowhere/docker.sock: No such file or directory: no Docker daemon listens there"
run 1 "$service" streams_are_taken_apart --set docker=docker.example
says 'is no URL of a Docker daemon that can be used: unix:///PATH or tcp://HOST:PORT'
if [ ! -S /var/run/docker.sock ]; then
    PATH=/usr/bin:/bin
    run 1 "$service" streams_are_taken_apart --set dockerd=/nowhere/dockerd
    says "/nowhere/dockerd"
    no_folder=$(folders)
    for folder in $no_folder; do
        [ ! -e "$folder" ] || fail "$folder is left of a daemon that did not start"
    done
fi

# The other run ends as it should.
runner=$other
exec 9>&- 8>&-
ended 0
out=$work/out
run=$other_run
log=$run/events.jsonl
no_daemon_left
nothing_left

finish
