#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A program with a store in a new database as its argument.
#
#     with-postgres.sh store-on-postgres.sh PROGRAM
set -eu
createdb store
exec "$1" "postgresql:///store?host=$PGHOST&user=$PGUSER"
