#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a command beside a PostgreSQL cluster of its own: on a socket in a private folder, without the network, gone with
# the command whatever becomes of it.
#
#     with-postgres.sh COMMAND [ARGUMENT ...]
#
# The command finds PGHOST and PGUSER: a user who is no superuser, and may make roles and databases. PGROOT names the
# superuser. 77 where PostgreSQL is not installed, and a failure there in CI.
set -eu
bin=
for folder in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || :)"; do
    [ ! -x "$folder/initdb" ] || bin=$folder
done
if [ -z "$bin" ]; then
    echo "PostgreSQL's server is not installed"
    [ "${CI:-}" != true ] || exit 1
    exit 77
fi

place=$(mktemp -d "${TMPDIR:-/tmp}/muster-pg.XXXXXX")
server=
end()
{
    status=$?
    trap - EXIT INT TERM
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2>/dev/null || :
        wait "$server" 2>/dev/null || :
    fi
    [ "$status" = 0 ] || [ ! -f "$place/log" ] || tail -20 "$place/log" >&2
    rm -rf "$place"
    exit "$status"
}
trap end EXIT
trap 'exit 130' INT TERM

# The server refuses root. It dies with this script, also with one that is killed.
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$place"
    as="setpriv --reuid=$user --regid=$(id -gn "$user") --init-groups --pdeathsig=QUIT"
else
    as="setpriv --pdeathsig=QUIT"
fi

cd "$place"
$as "$bin/initdb" -D "$place/data" -A trust --no-sync -U root -E UTF8 --locale=C --no-instructions >"$place/initdb" 2>&1 ||
    { cat "$place/initdb"; exit 1; }
# Logins that a platform gives to its tenants have passwords; whoever else comes through the socket is believed.
printf '%s\n' 'local all root,muster trust' 'local all +testbed_access scram-sha-256' 'local all all trust' >"$place/hba"
chmod 644 "$place/hba"
mkfifo "$place/messages"
chmod 666 "$place/messages"
$as "$bin/postgres" -D "$place/data" -k "$place" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c shared_buffers=16MB -c max_connections=60 \
    -c hba_file="$place/hba" 2>"$place/messages" >/dev/null &
server=$!
exec 3<"$place/messages"
until read -r line <&3 && case $line in *"ready to accept connections"*) true ;; *) false ;; esac; do
    [ -n "${line:-}" ] || { echo "PostgreSQL does not start"; exit 1; }
    echo "$line" >>"$place/log"
done
cat <&3 >>"$place/log" 3<&- &
exec 3<&-

export PGHOST="$place" PGROOT=root PGUSER=muster
psql -q -U root -d postgres -c 'CREATE ROLE muster LOGIN CREATEROLE CREATEDB'
cd "$OLDPWD"
"$@"
