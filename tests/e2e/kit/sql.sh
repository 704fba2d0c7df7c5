#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Databases in a run, with a real PostgreSQL: clean ones, what the checks say, whose password is nowhere, and what is left
# when the runner is killed: of a server of the run's own, and of somebody else's.
. "$(dirname "$0")/../run/lib.sh"
needs psql
PATH=$PATH:$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
needs initdb
needs ipcs
MUSTER_PLUGIN_PATH=$(dirname "$3")
export MUSTER_PLUGIN_PATH
plugin=e2e.databases

# The plugin with a table that names a file of ours.
cp -r "$plugins" "$work/plugins"
work_so=$work/plugins/databases.so
printf "CREATE TABLE init (word text);\nINSERT INTO init VALUES ('from init');\n" >"$work/plugins/init.sql"
printf 'file\n%s\n' "$work/plugins/init.sql" >"$work/plugins/init.csv"

reason_has() {
    reason=$(query ".[] | select(.type == \"case.ended\" and .case == \"$plugin.$1\") | .reason")
    case $reason in
    *"$2"*) ;;
    *) fail "$1 has no \"$2\" in its reason but: $reason" ;;
    esac
}

# folders: of the servers that the run has made, by its ledger.
folders() {
    jq -r 'select(.cleanup == "postgres.remove") | .payload' "$run/ledger.jsonl"
}

no_server_left() {
    [ -n "$(folders)" ] || fail "no folder is in the ledger"
    for folder in $(folders); do
        [ ! -e "$folder" ] || fail "a folder is left: $folder"
        printf '%s' "$folder" >"$work/pattern" # who looks does not have it in its command line
        left=$(grep -lsaFf "$work/pattern" /proc/[0-9]*/cmdline)
        [ -z "$left" ] || fail "a server is left: $left"
    done
}

no_secret_in() {
    left=$(grep -rlaF -- "$2" "$1")
    [ -z "$left" ] || fail "\"$2\" stands in $left"
}

# Clean ones, statements, sessions and tenants.
run 0 -j 2 is_clean is_clean_too many_at_once has_two_of_its_own "$plugin.reads_the_init*" cells transactions_side_by_side \
    waits_for_anothers_lock a_late_statement_is_cancelled a_lost_session_is_told logins_are_refused tenants_see_their_own \
    what_is_forged_is_refused role_is_taken references_lead_somewhere file_of_two_sessions
is "cases that passed" 23 "$(query 'map(select(.type == "case.ended" and .verdict == "passed")) | length')"
is "the time of a statement" "sql.tenants.list ms" "$(query '.[] | select(.type == "attempt.metric") | .name + " " + .unit')"
is "servers" 2 "$(folders | wc -l)"
[ -s "$run/fixtures/postgres/files/postgres.log" ] || fail "no log of the server: $(find "$run/fixtures")"
no_secret_in "$run" wrong-8150
no_secret_in "$run" geheim-4711
no_server_left
nothing_left

# Each check of two tenants and of references fails where it has to.
run 1 fails_at_a_leaking_view fails_without_a_policy fails_at_orphans
says 'leaking_list: the first sees 2, the second 2, and both the same 2'
says 'leaking_list: rows whose tenant_id is another: 2 of 4'
says 'it went well, 1 rows affected'
says '[$1 = 2, $2 = '"'***'"']: it is not refused'
says 'customers.tenant_id -> tenants.id (customers_tenant_id_fkey): 2 orphans: 2'
says 'orders.customer_id -> customers.id (by its name): 2 orphans: 998'
says 'orders.tenant_id -> tenants.id (by its name): 1 orphan: 999'
says '3 of 3 references lead nowhere'
says '1 of 1 references lead nowhere'
says 'the schema no_such_schema has no reference to be looked at'
statements=$run/cases/$plugin.fails_without_a_policy/attempt-1/files/on-failure/sql-statements.txt
grep -qF "> SELECT '***'" "$statements" || fail "the last statements: $(cat "$statements")"
no_secret_in "$run" geheim-4711
no_server_left
nothing_left

# What can't be set up says why.
cp "$plugins/init.csv" "$work/plugins/init.csv"
run 1 "$plugin.reads_the_init*"
says "/nowhere/init.sql: No such file or directory"
no_server_left
run 1 is_clean --set postgres_bindir=/nowhere
says "/nowhere/initdb"
run 1 of_a_version_that_is_not_there
says "postgres(version=8.1): there is no /usr/lib/postgresql/8.1/bin/initdb"
no_server_left
run 1 is_clean --set postgres_url=postgresql://me:geheim-4711@127.0.0.1:1/x
says "postgresql://me:***@127.0.0.1:1/x: no session: "
no_secret_in "$run" geheim-4711

# waits: a run that holds a database; where that is, is in $url, $role and $socket.
waits() {
    rm -f "$dir/told"
    [ -p "$work/fifo" ] || mkfifo "$work/fifo"
    start waits_with_a_database --set fifo="$work/fifo" "$@"
    exec 9>"$work/fifo"
    until [ -s "$dir/told" ]; do
        kill -0 "$runner" 2>/dev/null || fail "the run ended: $(cat "$work/console")"
        [ -d "/proc/$runner" ] || exit 1
        sleep 0.05
    done
    read -r url role socket <"$dir/told"
}

killed() {
    kill -9 "$runner"
    wait "$runner" 2>/dev/null
    runner=
    exec 9>&-
}

# The runner is killed: its server, that one's folder and shared memory go by `muster cleanup`.
waits
folder=$(folders)
is "the socket's folder" "$folder" "$socket"
server=$(head -n 1 "$folder/data/postmaster.pid")
segment=$(sed -n '7s/^ *[0-9]* *//p' "$folder/data/postmaster.pid")
grep -q '^Uid:[[:space:]]*0' "/proc/$server/status" && fail "the server is root's"
ipcs -m | awk '{print $2}' | grep -qx "$segment" || fail "the server has no segment $segment"
secret=$(printf '%s' "$url" | sed 's|.*:\([0-9a-f]*\)@.*|\1|')
is "the password's length" 32 "${#secret}"
killed
muster cleanup "$out/latest"
is "cleanup" 0 $?
ipcs -m | awk '{print $2}' | grep -qx "$segment" && fail "the segment $segment is left"
no_secret_in "$run" "$secret"
no_server_left
nothing_left

# Somebody else's server, which here is that of another run.
waits
theirs=$url
other=$runner
other_run=$(readlink -f "$run")
out=$work/out2
mkdir "$out"
run=$out/latest
log=$run/events.jsonl

# databases: what is on it whose name has the prefix of the last run, and roles.
left_there() {
    prefix=$(jq -r 'select(.cleanup == "postgres.sweep") | .payload' "$run/ledger.jsonl")
    [ -n "$prefix" ] || fail "no prefix is in the ledger"
    psql -XAtq -d "$theirs" -v prefix="$prefix" <<END
SELECT datname FROM pg_database WHERE starts_with(datname, :'prefix')
UNION ALL SELECT rolname FROM pg_roles WHERE starts_with(rolname, :'prefix');
END
}

runner=
run 0 --set postgres_url="$theirs" -j 1 --order source is_clean is_clean_too finds_none_of_the_others tenants_see_their_own
is "servers of its own" 0 "$(folders | wc -l)"
is "what is left there" "" "$(left_there)"

exec 8>&9
waits --set postgres_url="$theirs"
is "the url" "$theirs" "$url"
is "the role there" "$role" "$(left_there | grep "_a_")"
is "databases there" 2 "$(left_there | grep -cE '_(db|template)_')"
killed
muster cleanup "$out/latest"
is "cleanup that is not told where" 7 $?
grep -qF 'postgres_url' "$work/console" "$work/complaints" || fail "it does not say what is missing: $(cat "$work/console")"
muster cleanup "$out/latest" --set postgres_url="$theirs"
is "cleanup" 0 $?
is "what is left there" "" "$(left_there)"
no_secret_in "$run" "$(printf '%s' "$theirs" | sed 's|.*:\([0-9a-f]*\)@.*|\1|')"

runner=$other
exec 8>&-
ended 0
run=$other_run
log=$run/events.jsonl
no_server_left
nothing_left
finish
