#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# muster-testbed as it is called for SQLite, on PostgreSQL: a new database for each, and for --db FILE always the same.
#
#     TESTBED=.../muster-testbed with-postgres.sh testbed-on-postgres.sh [ARGUMENT ...]
set -eu
database=
n=$#
while [ "$n" -gt 0 ]; do
    argument=$1
    shift
    n=$((n - 1))
    case $argument in
    --db)
        database=f_$(printf '%s' "$1" | cksum | tr -d ' ')
        shift
        n=$((n - 1))
        ;;
    --list-defects | --help | --version) exec "$TESTBED" "$argument" "$@" ;;
    *) set -- "$@" "$argument" ;;
    esac
done
if [ -z "$database" ]; then
    # Those that nobody uses any more, so that they do not add up.
    psql -XAtq -d postgres -c "SELECT datname FROM pg_database d WHERE datname LIKE 'b\_%' AND NOT EXISTS
        (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)" | while read -r old; do
        dropdb --if-exists "$old" 2>/dev/null || :
    done
    database=b_$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
    createdb "$database"
elif [ -z "$(psql -XAtq -d postgres -c "SELECT 1 FROM pg_database WHERE datname = '$database'")" ]; then
    createdb "$database"
fi
exec "$TESTBED" --store "postgresql:///$database?host=$PGHOST&user=$PGUSER" "$@"
