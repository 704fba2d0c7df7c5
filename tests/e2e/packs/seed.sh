#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files of scenarios and of workloads that say nothing but what is to be done: their steps bring what they need.
. "$(dirname "$0")/../run/lib.sh"
packs=$3
cd "$work" || exit 1
cp "$packs"/persys.so "$(dirname "$0")/../data/persys/test-scenarios.yaml" .
cat >test-workloads.yaml <<'END'
# test-workloads.yaml
workloads:
  - name: "simple-nginx"
    type: "docker-container"
    image: "nginx:alpine"
    ports: ["8080:80"]

  - name: "complex-app"
    type: "docker-compose"
    composeDir: "./test-apps/complex-app"
    envVars:
      DB_HOST: "localhost"
      API_KEY: "test-key"

  - name: "git-repo"
    type: "git-compose"
    gitRepo: "https://github.com/test/repo"
    branch: "main"
END
cat >rows.yaml <<'END'
scenarios:
  runs:
    parameters: {from: test-workloads.yaml#/workloads}
    steps:
      - create_workload:
          {name: "${name}", type: "${type}", image: "${image}", composeDir: "${composeDir}", gitRepo: "${gitRepo}",
           branch: "${branch}", ports: "${ports}", envVars: "${envVars}"}
        expect: {/type: "${type}"}
      - wait_for_running
      - verify_execution
  other_platform:
    uses: ["target(defect=admin-login-broken)"]
    steps: [create_workload]
END

# ends VERDICT N: so many cases did.
ends() {
    is "cases that ended as $1" "$2" "$(query "[.[] | select(.type == \"case.ended\" and .verdict == \"$1\")] | length")"
}

muster run test-scenarios.yaml --out "$out" --all-skipped fail || fail "the scenarios as they stand: status $?: $(cat console complaints)"
ends passed 3
is "platforms" 1 "$(query 'map(select(.type == "fixture.started")) | length')"
muster run rows.yaml --out "$out" -k runs || fail "the workloads as they stand: status $?: $(cat console complaints)"
ends passed 3

# What the scenario says of the name counts for more than its steps.
muster run rows.yaml --out "$out" -k other_platform
is "platforms" "testbed(defect=admin-login-broken)" "$(query '[.[] | select(.type == "fixture.started") | .fixture] | join(" ")')"

# What a step needs, and the target lacks, skips the scenarios that call it, and no others.
sed '/^  workload\.kill:/,/^    result:/d' "$(dirname "$0")/../../../plugins/testbed/testbed.target.yaml" >lacking.target.yaml
muster run test-scenarios.yaml --target lacking.target.yaml --out "$out" || fail "without workload.kill: status $?: $(cat console complaints)"
grep -F "test-scenarios.reconciliation (unsupported: the target testbed has no operation workload.kill" console || fail "not skipped: $(cat console)"
ends passed 2

# A platform that somebody has described by a few operations: what is enabled there runs, and what the packs' tenants take
# besides is told.
cat >few.target.yaml <<'END'
target: few
http: {base: "http://127.0.0.1:9"}
identities: {admin: {}}
operations:
  tenant.create: {takes: {subdomain: str}, request: {method: POST, path: /t, body: {name: "${subdomain}"}}, result: {id: /id, state: /state}}
  tenant.get: {takes: {id: {type: str, of: tenant}}, request: {path: "/t/${id}"}, result: {id: /id, state: /state}}
  tenant.list: {request: {path: /t}, result: {total: {count: ""}}}
  tenant.delete: {takes: {id: {type: str, of: tenant}}, request: {method: DELETE, path: "/t/${id}"}}
END
muster run "$packs/provisioning.so" --target few.target.yaml --out "$out" || fail "with few operations: status $?: $(cat console complaints)"
grep -F "subdomain_is_taken_once (unsupported: tenant.create of the target few takes no plan, tenant.create takes no admin, " console |
    grep -qF "tenant.list takes no subdomain" || fail "not skipped: $(cat console)"
muster run few.target.yaml --out "$out" && fail "a target file is no plugin"
grep -qF 'a target file: it is given by --target' console complaints || fail "of a target file: $(cat console complaints)"
nothing_left
finish
