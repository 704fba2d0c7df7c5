#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The guide for those who come from other tools, each of its files run: tools.sh BIN PLUGINS PAGE DATA
set -eu
muster=$1/muster shipped=$2 page=$3 data=$4
command -v python3 >/dev/null || exit 77
# shellcheck source=tests/e2e/target/lib.sh
. "$(dirname "$0")/../target/lib.sh"

mkdir bin
# A cluster's client: it takes a moment until what was applied is there.
cat >bin/kubectl <<'END'
#!/bin/sh
case $1 in
apply) (sleep 0.3; cp "$3" cluster.json) & ;;
get) if [ -e cluster.json ]; then cat cluster.json; else echo '{"kind": "Status"}'; fi ;;
delete) exec rm cluster.json ;;
esac
END
cat >bin/accounts <<'END'
#!/bin/sh
case $1 in
create) echo "$3" >"user-$2" ;;
login) if [ "$(cat "user-$2")" = "$3" ]; then echo "Logged in"; else echo "Access denied"; exit 1; fi ;;
esac
END
chmod +x bin/*
PATH=$work/bin:$PATH
export PATH

awk '/^```yaml/ { on = 1; next } /^```/ { on = 0 } on && /^# [a-z]+\.yaml$/ { file = $2 } on { print > file }' <"$page"
python3 "$data/server.py" >port 2>served &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
n=0
while ! [ -s port ] && [ $((n += 1)) -lt 600 ]; do sleep 0.1; done
for tool in hurl venom tavern chainsaw robot; do
    [ -s "$tool.yaml" ] || fail "no $tool.yaml in the page"
    run 0 "$tool.yaml" --set "url=http://127.0.0.1:$(cat port)"
done
exit $fails
