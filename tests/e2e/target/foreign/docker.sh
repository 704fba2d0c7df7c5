#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docker.sh BIN PLUGINS PACKS TOOLS PLUGIN SOURCE: the target file of the Docker Engine, tried on a real one: each of its
# operations, and the packs' scenarios that it enables.
set -eu
programs=$1 shipped=$2 packs=$3 plugin=$5 source=$6
. "$source/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
if ! command -v dockerd >/dev/null; then
    echo "dockerd is not installed"
    [ "${CI:-}" != true ] || exit 1
    exit 77
fi
[ "$(id -u)" = 0 ] || { echo "only root may start a Docker daemon"; exit 77; }
target=$source/engine.target.yaml
events=out/latest/events.jsonl
mkdir "$work/bin"
cp "$programs"/muster* "$work/bin"
cp -r "$4" "$work/tools" # where it is beside the programs
muster=$work/bin/muster
set -- --target "$target" --set docker=own --set workload="$programs/muster-workload"

# What is harmless is tried on the running engine.
expect 0 env "MUSTER_PLUGIN_PATH=$shipped" "$muster" target check -o "$work/out" "$source/../../../../plugins/target/targets/docker-engine.target.yaml" \
    "$packs/lifecycle.so" "$shipped/docker.so" --set docker=own
for operation in platform.health platform.version image.list workload.list; do
    has said "target.check: info: $operation: 200, every result is there"
done
has said 'enables lifecycle.stopped_workload_starts_again'
has said 'enables lifecycle.workloads_are_listed_until_they_are_deleted'
has said 'lacks lifecycle.scaling_starts_what_it_reports: the target docker-engine has no operation'

# No operation is without a step of the scenarios below.
"$muster" target show "$source/../../../../plugins/target/targets/docker-engine.target.yaml" >shown
for operation in $(jq -r '.operations | keys[]' shown); do
    has "$source/engine.yaml" "- $operation:"
done

# Each operation, and all packs: what they ask for and is there is done, the rest is skipped by name.
run 0 "$plugin" "$source/engine.yaml" "$packs/lifecycle.so" "$packs/provisioning.so" "$packs/audit.so" "$@" -j 2
for case in e2e.engine.operations.what_there_is e2e.engine.operations.a_life e2e.engine.operations.what_it_says e2e.engine.operations.what_it_refuses \
    lifecycle.stopped_workload_starts_again lifecycle.workloads_are_listed_until_they_are_deleted; do
    jq -es "any(.type == \"case.ended\" and .case == \"$case\" and .verdict == \"passed\")" $events >passed || fail "$case has not passed: $(cat said)"
done
has $events 'unsupported: the target docker-engine has no operation'
failed=$(jq -r 'select(.type == "case.ended" and (.verdict | . != "passed" and . != "skipped")) | .case' $events)
[ -z "$failed" ] || fail "neither passed nor skipped: $failed"
exit $fails
