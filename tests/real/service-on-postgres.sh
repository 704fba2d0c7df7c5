#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The service `testbed` on a store that the run names: the packs pass, and their tenants were there.
#
#     with-postgres.sh service-on-postgres.sh MUSTER PLUGIN ...
set -eu
muster=$1
shift
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
createdb service
"$muster" run "$@" -m priority_p0 -j 2 --out "$out" --set "testbed_store=postgresql:///service?host=$PGHOST&user=$PGUSER"
tenants=$(psql -XAtq -d service -c 'SET ROLE testbed_platform' -c 'SELECT count(*) FROM testbed.tenants')
[ "$tenants" -gt 0 ] || { echo "no tenant is in the database"; exit 1; }
