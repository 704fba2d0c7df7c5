#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `muster target check` on the running reference platform: check.sh BIN PLUGINS TOOLS
set -eu
programs=$1 shipped=$2
. "$(dirname "$0")/lib.sh"
mkdir "$work/bin"
cp "$programs"/muster* "$work/bin"
cp -r "$3" "$work/tools" # where it is beside the programs
muster=$work/bin/muster

# check STATUS ARGUMENT...
check() {
    wanted=$1
    shift
    expect "$wanted" env "MUSTER_PLUGIN_PATH=$shipped" "$muster" target check -o "$work/out" \
        --set "testbed=$programs/muster-testbed" "$@"
}

# changed FILE FROM TO: the platform's target file with something else in it
changed() {
    sed "s|$2|$3|" "$shipped/testbed.target.yaml" >"$1"
    cmp -s "$1" "$shipped/testbed.target.yaml" && fail "the target file has no $2"
    return 0
}

events=out/latest/events.jsonl

# ---- its fixture gives the values: what is safe is tried, and no other
check 0 "$shipped/testbed.target.yaml"
has said "testbed: $("$muster" target show "$shipped/testbed.target.yaml" | jq '.operations | length') operations"
"$muster" target show "$shipped/testbed.target.yaml" | jq -r '.operations | to_entries[] | select(.value.safe and
    ([.value.takes[] | select(.optional != true and (has("default") | not))] == [])) | .key' >safe
[ -s safe ] || fail "no operation is safe"
while read -r operation; do
    has said "target.check: info: $operation: 200, every result is there"
done <safe
[ "$(grep -c ' LOG .*target.check: info: .*: 200' said)" = "$(wc -l <safe)" ] || fail "other operations were tried: $(cat said)"
has said '1 scenario run: 1 passed'
has $events '"target":"testbed"'
has $events "\"checks\":$(($(wc -l <safe) + 1))" # with the login

# ---- the values are given: no fixture is started, and the password is kept nowhere
mkfifo ready hold
"$programs/muster-testbed" --quiet --stop-on-stdin-eof <hold >ready &
exec 3>hold
read -r line <ready || line=
value() {
    printf '%s' "$line" | sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"
}
value admin_password >password
rm -r out
check 0 "$shipped/testbed.target.yaml" --set "url=$(value url)" --set "ws=$(value ws)" --set "admin_user=$(value admin_user)" \
    --set admin_password=@password
has said 'target.check: info: session.whoami: 200, every result is there'
grep -q '"type":"fixture.started"' $events && fail "the fixture was started although --set gives all values"
[ -s password ] || fail "the platform has told no password: $line"
grep -rqF "$(cat password)" out && fail "the password is in the run's folder"
exec 3>&-
wait

# ---- the fixture is found wherever the installation has it, also beside a PATH that asks for nothing
check 0 "$shipped/testbed.target.yaml" "$shipped/mail.so"
has said '1 scenario run: 1 passed'

# ---- as told
rm -r out
check 0 "$shipped/testbed.target.yaml" --no-try
[ ! -e out ] || fail "--no-try has tried"
grep -q 'Nothing was tried' said && fail "--no-try is told what it knows"

# ---- a wrong path, a result that is not there, a status that is none of success: each with the others beside it
changed path.yaml 'path: /v1/auth/me}' 'path: /v1/auth/you}'
check 1 path.yaml
has said 'target.check: info: session.whoami: 404 not_found'
has said "path.yaml:$(grep -n '^  session.whoami:' path.yaml | cut -d: -f1): check failed: session.whoami is done"
has said 'message: as admin, GET /v1/auth/you: '
has said 'target.check: info: event.list: 200, every result is there'
changed result.yaml 'version: /version' 'version: /edition'
check 1 result.yaml
has said 'target.check: info: platform.health: 200, but not every result'
has said 'message: as admin, GET /health: the answer has nothing at /edition, which is the result "version" of result.yaml:'
changed status.yaml 'path: /metrics}' 'path: /metrics, expect: 204}'
check 1 status.yaml
has said 'target.check: info: platform.metrics: 200 unnamed'
grep -c 'check failed: ' said | grep -qx 1 || fail "more than one has failed: $(cat said)"

# ---- an argument that nobody can make up, and what can't be tried at all
changed argument.yaml 'request: {path: /v1/auth/me}' 'takes: {x: str, y: {type: str, optional: true}}\n    request: {path: /v1/auth/me, query: {x: "${x}", y: "${y}"}}'
check 0 argument.yaml
has said 'target.check: info: session.whoami: not tried: it needs x'
cat >acme.yaml <<'END'
target: acme
values: {url: {}, key: {secret: true}}
http: {base: "${url}", timeout: 5s, headers: {X-Key: "${key}"}}
operations:
  health.get: {request: {path: /health}, result: {status: /status}}
END
cat >order.yaml <<'END'
target: acme
http: {base: "http://127.0.0.1:9"}
operations:
  order.add: {request: {method: POST, path: /orders}}
END
check 0 order.yaml
has said 'no operation of the target is safe to try'

# ---- values that nothing gives: nothing is tried, and it is said how to
rm -r out
check 0 acme.yaml
has said 'Nothing was tried on the platform:'
has said 'acme.yaml:2:10: nothing sets url: give --set url=VALUE'
check 0 acme.yaml --set url=http://127.0.0.1:9
has said 'acme.yaml:2:19: nothing sets key'
check 4 acme.yaml --set url
changed away.yaml 'fixture: testbed' 'fixture: elsewhere'
check 0 away.yaml
has said 'no plugin that was found has the fixture elsewhere'
[ ! -e out ] || fail "something was tried although values are missing"

# ---- a platform that is not there; a secret's value is kept nowhere
printf hunter2-hunter2 >key
check 1 acme.yaml --set url=http://127.0.0.1:9 --set key=@key
has said 'target.check: info: health.get: no answer'
has said 'message: as nobody, GET /health: '
check 1 acme.yaml --set url=http://127.0.0.1:9 --set key=hunter2-hunter2
grep -rqF hunter2 out && fail "a secret is in the run's folder"

# ---- a file that is not there is named once
check 4 nosuch.yaml
is="$(cat said)"
[ "$is" = "muster: nosuch.yaml: No such file or directory" ] || fail "of a missing file: $is"

# ---- the plugin that asks is for this verb only, and told of when it is missing
MUSTER_PLUGIN_PATH=$shipped "$muster" list >said 2>&1 || true
grep -q 'target\.check' said && fail "a bare run would try the target"
rm -r tools
check 3 "$shipped/testbed.target.yaml"
has said 'target-check.so is missing in the installation'
exit "$fails"
