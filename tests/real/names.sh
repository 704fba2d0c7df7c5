#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The platform and a DNS server: a tenant's name comes and goes with it; a server that refuses, or says nothing, makes no tenant.
#
#     names.sh MUSTER MUSTER-TESTBED PACK
set -u
muster=$1 testbed=$2 pack=$3
PATH=$PATH:/usr/sbin:/sbin
for program in knotd kdig curl jq; do
    command -v $program >/dev/null && continue
    echo "$program is not installed"
    [ "${CI:-}" = true ] && exit 1
    exit 77
done
work=$(mktemp -d "${TMPDIR:-/tmp}/muster-names.XXXXXX") || exit 1
server='' bed='' failures=0
clean_up() {
    [ -z "$bed" ] || kill -9 "$bed"
    [ -z "$server" ] || kill -9 "$server"
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
}

# until_true SECONDS COMMAND...
until_true() {
    left=$(($1 * 20))
    shift
    until "$@"; do
        left=$((left - 1))
        [ $left -gt 0 ] || return 1
        sleep 0.05
    done
}

# ---- the server ----

zone=names.test
secret=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
echo "hmac-sha256:muster:$secret" >"$work/key"
echo "hmac-sha256:muster:${secret%????}0000" >"$work/wrong"
cat >"$work/zone" <<Z
\$TTL 1
@ IN SOA ns admin 1 3600 600 86400 1
@ IN NS ns
ns IN A 127.0.0.1
Z
answers() {
    kdig +short +time=1 +retry=0 -p "$port" @127.0.0.1 "$1" "$2" 2>/dev/null | grep -q .
}
start_server() {
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 10000))
    cat >"$work/knot.conf" <<C
server:
    rundir: "$work"
    listen: 127.0.0.1@$port
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "$work"
log:
  - target: stdout
    any: info
key:
  - id: muster
    algorithm: hmac-sha256
    secret: $secret
acl:
  - id: update
    key: muster
    action: update
zone:
  - domain: $zone
    file: "$work/zone"
    acl: update
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
C
    knotd -c "$work/knot.conf" >"$work/knotd.log" 2>&1 </dev/null &
    server=$!
    until_true 10 answers "$zone" SOA
}
# A port may be somebody else's by now.
start_server || { kill "$server" && wait "$server"; start_server; } || { cat "$work/knotd.log"; exit 1; }

# ---- the platform ----

# with KEY ARGUMENT...: a platform with this key.
with() {
    key=$1
    shift
    rm -f "$work/told"
    "$testbed" --dns "127.0.0.1:$port" --dns-zone $zone --dns-key-file "$work/$key" --port-file "$work/told" --quiet "$@" \
        >"$work/bed.log" 2>&1 </dev/null &
    bed=$!
    until_true 20 test -s "$work/told" || { cat "$work/bed.log"; exit 1; }
    url=$(jq -r .url "$work/told")
    token=$(curl -s "$url/v1/auth/login" -d "{\"username\":\"admin\",\"password\":\"$(jq -r .admin_password "$work/told")\"}" | jq -r .token)
}
ended() {
    kill "$bed"
    wait "$bed" || fail "the platform ended with $?"
    bed=
}
get() {
    curl -s -H "Authorization: Bearer $token" "$url/v1/$1"
}
# order SUBDOMAIN: its id is in $id.
order() {
    id=$(curl -s -H "Authorization: Bearer $token" "$url/v1/tenants" -d "{\"name\":\"N\",\"subdomain\":\"$1\",\"plan\":\"starter\",
        \"admin\":{\"username\":\"$1-admin\",\"password\":\"Correct-horse-7\"}}" | jq -r .tenant.id)
}
is_status() {
    [ "$(get "tenants/$id" | jq -r .status)" = "$1" ]
}
step_said() {
    get "tenants/$id/provisioning" | jq -r '.steps[] | select(.name == "configure_network") | .error' | grep -q "$1"
}
# scenario STATUS ARGUMENT...: what the pack's own scenario says of this platform.
scenario() {
    want=$1
    shift
    "$muster" run "$pack" -m dns --out "$work/out" --set url="$url" --set ws="$(jq -r .ws "$work/told")" --set admin_user=admin \
        --set admin_password="$(jq -r .admin_password "$work/told")" "$@" >"$work/console" 2>&1 </dev/null
    said=$(jq -r '[.testRun.scenarios[].status | ascii_downcase] | join(" ")' "$work/out/latest/results.json")
    [ "$said" = "$want" ] || { fail "the scenario: $said, not $want"; cat "$work/console"; }
}

# A name is there as long as its tenant.
with key
order shop
until_true 20 is_status active || fail "no tenant: $(get "tenants/$id/provisioning")"
answers shop.$zone A || fail "shop.$zone is not there"
[ "$(get "tenants/$id" | jq -r .dns.name)" = shop.$zone ] || fail "its name: $(get "tenants/$id")"
curl -s -X DELETE -H "Authorization: Bearer $token" "$url/v1/tenants/$id" >/dev/null
until_true 20 is_status deprovisioned || fail "the tenant stays: $(get "tenants/$id")"
answers shop.$zone A && fail "shop.$zone is still there"
scenario passed

# A server that says nothing: the step fails for it, in its time. When the server is back, the rest is rolled back.
kill -STOP "$server"
order quiet
until_true 20 step_said 'setting quiet.names.test: the DNS server 127.0.0.1:[0-9]*: no answer within 5000 ms' ||
    fail "of no answer: $(get "tenants/$id/provisioning")"
kill -CONT "$server"
until_true 20 is_status failed || fail "the tenant is not given up: $(get "tenants/$id")"
[ "$(get "tenants/$id/provisioning" | jq -r .state)" = rolled_back ] || fail "not rolled back: $(get "tenants/$id/provisioning")"
answers quiet.$zone A && fail "quiet.$zone is there"
ended

# The scenario sees a name that stays.
with key --defect name-stays
scenario failed
ended

# And one that may be kept for long.
with key --defect name-lasts
scenario failed
ended

# A wrong key is refused, and said to be.
with wrong
order refused
until_true 20 is_status failed || fail "a tenant in spite of the key: $(get "tenants/$id")"
get "tenants/$id/provisioning" | jq -r .error |
    grep -q '^setting refused.names.test: the DNS server 127.0.0.1:[0-9]*: it has refused the update: NOTAUTH; not undone: ' ||
    fail "of a wrong key: $(get "tenants/$id/provisioning")"
answers refused.$zone A && fail "refused.$zone is there"
ended

# What cannot be used is told before anything else.
refused() {
    words=$1
    shift
    "$testbed" "$@" >"$work/bed.log" 2>&1 </dev/null && fail "$* was taken"
    grep -q -e "$words" "$work/bed.log" || fail "$*: $(cat "$work/bed.log")"
}
refused '--dns, --dns-zone and --dns-key-file go together' --dns 127.0.0.1:53
refused '/nowhere: No such file' --dns 127.0.0.1:53 --dns-zone a.test --dns-key-file /nowhere
refused 'it has no line hmac-sha256:NAME:SECRET' --dns 127.0.0.1:53 --dns-zone a.test --dns-key-file "$work/zone"
refused 'it is given as 127.0.0.1:53' --dns somewhere:53 --dns-zone a.test --dns-key-file "$work/key"
grep -q "$secret" "$work"/*.log && fail "the key is in a log"
[ "$failures" -eq 0 ]
