#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All packs pass with the platform on real components, which the run starts by itself: packs-on-real.sh MUSTER TARGET
set -eu
muster=$1 target=$2
PATH=$PATH:/usr/sbin:/sbin
for program in dockerd knotd; do
    command -v "$program" >/dev/null || {
        echo "$program is not installed"
        [ "${CI:-}" != true ] || exit 1
        exit 77
    }
done
[ "$(id -u)" = 0 ] || { echo "only root may start a Docker daemon"; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
unset MUSTER_PLUGIN_PATH
"$muster" run --packs --target "$target" --set docker=own --out "$out" --history none || {
    cat "$out"/latest/fixtures/*/*.log >&2 2>/dev/null || true
    exit 1
}
for component in postgres docker dns mail browser; do
    grep -q "\"type\":\"fixture.ready\".*\"fixture\":\"$component\"" "$out/latest/events.jsonl" ||
        { echo "nothing stood on the service $component"; exit 1; }
done
"$muster" cleanup --out "$out"
