#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Operations of the target as steps of scenarios written as data, on the reference platform: steps.sh BIN PLUGINS DATA PROBE
set -eu
programs=$1 muster=$1/muster shipped=$2 data=$3 probe=$4
. "$(dirname "$0")/lib.sh"
cp "$data/steps.yaml" .

# ---- on the target that the platform's plugin ships: it is started, and what it lacks is skipped by name
run 1 steps.yaml --set "testbed=$programs/muster-testbed"
has said '5 scenarios run: 2 passed, 3 failed, 2 skipped'
has said 'e2e.operations.lacks (unsupported: the target testbed has no operation tenant.teleport)'
has said 'e2e.operations.lacks_argument (unsupported: tenant.get of the target testbed takes no moon)'
has said 'steps.yaml:47: check failed: tenant.get is refused: not_found'
has said 'actual: 401 unauthenticated'
has said 'message: as nobody, GET /v1/tenants/none: 401'
has said 'steps.yaml:50: requirement failed: tenant.get is done'
has said 'the login password is done'
has said 'by: the session ended with the process that a step was left behind in: log in again'
has said 'steps.yaml:53: check failed: session.whoami: /role == "nobody"'
grep -rqF Rather-Long-1 out/latest/ --include='*.log' --include=results.json && fail "a password is in the run's folder"

# ---- every mistake at its place, before anything runs
cat >wrong.yaml <<'EOF'
scenarios:
  wrong:
    steps:
      - tenant.get: {ids: x}
      - tenant.list: {}
        by: amdin
      - tenant.get: x
        refused: forbiden
      - tenant.create: {subdomain: a, admin: b, password: c, step_delay_ms: long}
        wait: perhaps
      - log_in: {login: pasword}
      - log_in: {login: password, username: a}
        save: alice
EOF
status=0
MUSTER_PLUGIN_PATH=$shipped "$muster" list wrong.yaml >said 2>&1 || status=$?
[ "$status" = 6 ] || fail "wrong.yaml: status $status"
cat >wanted <<'EOF'
wrong.yaml:4:9: tenant.get lacks its argument id (str), which the target testbed wants
wrong.yaml:4:22: tenant.get has no argument ids on the target testbed; did you mean id?
wrong.yaml:6:13: by: the target testbed has no identity amdin, and no session is saved as amdin; did you mean admin?
wrong.yaml:8:18: refused: the target testbed has no error forbiden; did you mean forbidden?
wrong.yaml:9:77: tenant.create: step_delay_ms wants an integer, not a text ("long")
wrong.yaml:10:15: wait: wants true or false, not a text ("perhaps")
wrong.yaml:11:25: the target testbed has no login pasword; did you mean password?
wrong.yaml:12:9: the login password lacks its argument password (str), which the target testbed wants
EOF
sed -n 's/ \[bad-data\]$//; /^wrong\.yaml:/p' said >told
diff -u wanted told >&2 || fail "the mistakes of wrong.yaml"

# ---- another target, and none at all
cat >other.target.yaml <<'EOF'
target: other
values: {url: {}}
http: {base: "${url}"}
identities: {me: {}}
operations:
  tenant.get: {takes: {id: str, moon: str}, request: {path: "/${id}", query: {moon: "${moon}"}}}
EOF
MUSTER_PLUGIN_PATH=$shipped "$muster" list --json steps.yaml --target other.target.yaml >said 2>&1 || true
has said 'tenant.get lacks its argument moon (str), which the target other wants'
cat >moons.yaml <<'EOF'
scenarios:
  one:
    steps:
      - tenant.get: {id: a, moon: full}
      - tenant.create: {name: a}
EOF
MUSTER_PLUGIN_PATH=$shipped "$muster" list --json moons.yaml --target other.target.yaml >said 2>&1 || fail "moons.yaml: status $?"
has said 'unsupported: the target other has no operation tenant.create'

# ---- muster cleanup undoes what such a run left, though another target is the one that is there now
cp "$probe" probe.so
cat >leaves.yaml <<EOF
plugins: [./probe.so]
scenarios:
  leaves:
    steps:
      - leave: "$work/note"
      - tenant.get: {id: a, moon: full}
EOF
run 1 leaves.yaml --target other.target.yaml --set url=http://127.0.0.1:1 --keep-failed
[ ! -e note ] || fail "it was cleaned up already"
MUSTER_PLUGIN_PATH=$shipped "$muster" cleanup -o "$work/out" >said 2>&1 || fail "cleanup: $(cat said)"
has note cleanup:

# ---- without a target, and without the plugin
mkdir bin plugins
cp "$programs"/muster* bin
cp "$shipped/target.so" plugins
muster=$work/bin/muster shipped=''
run 5 moons.yaml --all-skipped fail
has said 'no target: give --target FILE'
rm plugins/target.so
run 6 moons.yaml
has said 'moons.yaml:4:9: tenant.get is an operation of the target, which the plugin muster.target calls: it is neither'
exit "$fails"
