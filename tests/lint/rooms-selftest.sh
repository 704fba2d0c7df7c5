#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A check that cannot fail checks nothing: each rule of rooms.sh is broken once, and a clean tree passes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# expect STATUS FILE INCLUDE [HEADER_THAT_IS_THERE]
expect() {
    rm -rf "${tree:?}"/*
    if [ -n "${4:-}" ]; then
        mkdir -p "$tree/$(dirname "$4")"
        : >"$tree/$4"
    fi
    mkdir -p "$tree/$(dirname "$2")"
    printf '#include %s\n' "$3" >"$tree/$2"
    status=0
    "$here/rooms.sh" "$tree" >"$tree/findings" || status=$?
    if [ "$status" != "$1" ]; then
        echo "$2 with #include $3: status $status, expected $1"
        cat "$tree/findings"
        exit 1
    fi
}

expect 0 core/exec/attempt.c '"plan/catalogue.h"'
expect 0 core/exec/attempt.c '"record/event.h"'
expect 0 core/load/elf.c '<muster/plugin.h>'
expect 0 core/record/evlog.c '"artifacts/digest.h"'
expect 0 artifacts/digest.c '"base/err.h"'
expect 0 plugins/testbed/src/server/http.c '<libwebsockets.h>'
expect 0 plugins/testbed/src/store/sqlite.c '<sqlite3.h>'
expect 0 plugins/testbed/src/identity/users.c '"tenants/tenants.h"' plugins/testbed/src/tenants/tenants.h
expect 0 plugins/testbed/src/gate.c '"tenants/tenants.h"' plugins/testbed/src/tenants/tenants.h
expect 0 scenarios/security/roles.c '<muster/muster.h>'

expect 1 core/base/buf.c '"plan/catalogue.h"'
expect 1 core/plan/expr.c '"exec/attempt.h"'
expect 1 core/record/evlog.c '"report/model.h"'
expect 1 core/report/junit.c '"cli/verb_run.h"'
expect 1 core/exec/attempt.c '<muster/plugin.h>'
expect 1 core/exec/attempt.c '"../plan/expr.h"'
expect 1 core/exec/attempt.c '<curl/curl.h>'
expect 1 core/exec/attempt.c '"nowhere/x.h"'
expect 1 core/base/buf.c '"artifacts/digest.h"'
expect 1 core/attic/x.c '"base/err.h"'
expect 1 artifacts/digest.c '"record/event.h"'
expect 1 plugins/testbed/src/http.c '"base/buf.h"'
expect 1 plugins/testbed/src/server/http.c '"base/buf.h"' core/base/buf.h
expect 1 plugins/testbed/src/tenants/quota.c '"identity/users.h"' plugins/testbed/src/identity/users.h
expect 1 plugins/testbed/src/tenants/quota.c '"quota.h"' plugins/testbed/src/tenants/quota.h
expect 1 plugins/testbed/src/tenants/quota.c '"gate.h"' plugins/testbed/src/gate.h
expect 1 plugins/testbed/src/attic/quota.c '"common/clock.h"' plugins/testbed/src/common/clock.h
expect 1 plugins/testbed/src/identity/users.c '<muster/muster.h>'
expect 1 plugins/testbed/src/identity/users.c '<sqlite3.h>'
expect 1 scenarios/security/roles.c '"plan/expr.h"'
expect 1 sdk/kit/http/http.c '"base/buf.h"'
expect 1 sdk/include/muster/plugin.h '<unistd.h>'
