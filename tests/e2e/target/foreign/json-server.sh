#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# json-server.sh BIN PLUGINS PACKS TOOLS NPM SOURCE: the target file of json-server, tried on a real one, and the packs'
# scenarios that it enables.
set -eu
programs=$1 shipped=$2 packs=$3 npm=$5 source=$6
. "$source/../lib.sh"
server=$npm/node_modules/.bin/json-server
if ! command -v node >/dev/null || [ ! -x "$server" ]; then
    echo "json-server is not installed: ./dev setup does that"
    [ "${CI:-}" != true ] || exit 1
    exit 77
fi
target=$source/../../../../plugins/target/targets/json-server.target.yaml
events=out/latest/events.jsonl
mkdir "$work/bin"
cp "$programs"/muster* "$work/bin"
cp -r "$4" "$work/tools" # where it is beside the programs
muster=$work/bin/muster

# It tells no port that it has taken itself, so it is given one, and another one where somebody was quicker.
echo '{"customers": []}' >db.json
node=
trap '[ -z "$node" ] || kill "$node"; rm -rf "$work"' EXIT
for try in 1 2 3 4 5; do
    port=$(shuf -i 20000-30000 -n 1)
    node "$server" --host 127.0.0.1 --port "$port" db.json >server.log 2>&1 </dev/null &
    node=$!
    until curl -sf "http://127.0.0.1:$port/customers" >/dev/null; do
        kill -0 "$node" 2>/dev/null || break
        sleep 0.1
    done
    [ -z "$(sed -n '/EADDRINUSE\|already in use/p' server.log)" ] && break
    [ "$try" -lt 5 ] || fail "json-server does not start: $(cat server.log)"
done
url=http://127.0.0.1:$port

expect 0 "$muster" target check -o "$work/out" "$target" "$packs/lifecycle.so" --set "url=$url"
has said "target.check: info: customer.list: 200, every result is there"
has said 'enables lifecycle.records_are_what_was_written'
has said 'lacks lifecycle.stopped_workload_starts_again: the target json-server has no operation workload.create'

run 0 "$packs/lifecycle.so" "$packs/provisioning.so" "$packs/audit.so" --target "$target" --set "url=$url" -j 2
jq -es 'any(.type == "case.ended" and .case == "lifecycle.records_are_what_was_written" and .verdict == "passed")' $events >passed ||
    fail "records_are_what_was_written has not passed: $(cat said)"
failed=$(jq -r 'select(.type == "case.ended" and (.verdict | . != "passed" and . != "skipped")) | .case' $events)
[ -z "$failed" ] || fail "neither passed nor skipped: $failed"
[ "$(curl -sf "$url/customers")" = "[]" ] || fail "a record is left: $(curl -sf "$url/customers")"
exit $fails
