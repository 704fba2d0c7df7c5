#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A platform whose database takes no logins for a while: it says so, changes nothing, and goes on when the database does.
#
#     with-postgres.sh postgres-away.sh MUSTER-TESTBED
set -eu
place=$(mktemp -d)
mkfifo "$place/greeting"
end()
{
    status=$?
    [ -z "${platform:-}" ] || kill "$platform" 2>/dev/null || :
    wait
    [ "$status" = 0 ] || cat "$place/log"
    rm -rf "$place"
}
trap end EXIT

fail()
{
    echo "$1"
    exit 1
}

# ask METHOD PATH [BODY]: the status; the body is in $place/answer
ask()
{
    curl -s -o "$place/answer" -w '%{http_code}' -X "$1" -H "Authorization: Bearer ${token:-}" "$url$2" -d "${3:-}"
}

expect()
{
    wanted=$1
    shift
    got=$(ask "$@") || :
    [ "$got" = "$wanted" ] || fail "$1 $2: $got, not $wanted: $(cat "$place/answer")"
}

as_root()
{
    psql -XAtq -U "$PGROOT" -d postgres -c "$1"
}

createdb away
"$1" --store "postgresql:///away?host=$PGHOST&user=$PGUSER" >"$place/greeting" 2>"$place/log" </dev/null &
platform=$!
read -r greeting <"$place/greeting"
url=$(printf '%s' "$greeting" | jq -r .url)
expect 200 POST /v1/auth/login "$(printf '%s' "$greeting" | jq '{username: .admin_user, password: .admin_password}')"
token=$(jq -r .token "$place/answer")
user() { printf '{"username":"%s","password":"password12","role":"platform_auditor"}' "$1"; }
expect 201 POST /v1/users "$(user before)"
expect 200 GET /health

as_root "ALTER ROLE $PGUSER NOLOGIN" >/dev/null
as_root "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE application_name = 'muster-testbed'" >/dev/null
expect 503 GET /health
expect 500 POST /v1/users "$(user during)"
as_root "ALTER ROLE $PGUSER LOGIN" >/dev/null

expect 200 GET /health
expect 201 POST /v1/users "$(user after)"
expect 200 GET /v1/users
names=$(jq -r '[.users[].username] | sort | join(" ")' "$place/answer")
[ "$names" = "admin after before" ] || fail "users: $names"
expect 200 GET /v1/audit/verify
[ "$(jq .ok "$place/answer")" = true ] || fail "the chain: $(cat "$place/answer")"
