#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A check that cannot fail checks nothing: each rule of circles.sh and paths.sh is broken once, and a clean tree passes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# put FILE [INCLUDE]...
put()
{
    mkdir -p "$tree/$(dirname "$1")"
    file=$1
    shift
    : >"$tree/$file"
    for include in "$@"; do
        printf '#include %s\n' "$include" >>"$tree/$file"
    done
}

# expect STATUS CHECK [PATTERN]: on the tree as it is, which is then cleared
expect()
{
    status=0
    "$here/$2.sh" "$tree" >"$tree.out" 2>&1 || status=$?
    grep -q "${3:-}" "$tree.out" || [ -z "${3:-}" ] || status="$status, but not for: $3"
    cat "$tree.out" >"$tree/findings"
    rm -f "$tree.out"
    if [ "$status" != "$1" ]; then
        echo "$2: status $status, expected $1"
        find "$tree" -type f
        cat "$tree/findings"
        exit 1
    fi
    rm -rf "${tree:?}"/*
}

# A line of use is no circle, nor is a file with its own header.
put core/base/buf.h
put core/base/buf.c '"base/buf.h"'
put core/plan/order.h '"base/buf.h"'
put core/plan/order.c '"plan/order.h"' '"base/buf.h"'
expect 0 circles

put plugins/testbed/src/events.h
put plugins/testbed/src/events.c '"events.h"' '"ws.h"'
put plugins/testbed/src/ws.h '"events.h"'
put plugins/testbed/src/ws.c '"ws.h"'
expect 1 circles 'testbed/src/ws: is used by what it uses'

put plugins/testbed/src/events/events.h '"server/ws.h"'
put plugins/testbed/src/events/events.c '"events/events.h"'
put plugins/testbed/src/server/ws.h
expect 0 circles
put plugins/testbed/src/events/events.h '"server/ws.h"'
put plugins/testbed/src/server/ws.h
put plugins/testbed/src/server/ws.c '"server/ws.h"' '"events/events.h"'
expect 1 circles 'testbed/src/'

put core/plan/a.h '"plan/b.h"'
put core/plan/b.h
put core/plan/b.c '"plan/c.h"'
put core/plan/c.h '"plan/a.h"'
expect 1 circles 'core/plan/c: is used by'

put sdk/kit/http/client.c '<muster/kit/ws.h>'
put sdk/kit/http/client.h
put sdk/kit/ws/include/muster/kit/ws.h '"client.h"'
expect 0 circles
put sdk/kit/http/include/muster/kit/http.h '<muster/kit/ws.h>'
put sdk/kit/ws/include/muster/kit/ws.h '<muster/kit/http.h>'
expect 1 circles 'kit/ws'

put scenarios/common/a.h '"common/b.h"'
put scenarios/common/b.c '"common/a.h"'
put scenarios/common/b.h
expect 1 circles 'scenarios/common/a'

put core/base/check.c
put artifacts/check.c
expect 1 circles 'has a file of this name too'
put core/base/check.c
put core/plan/check.h
expect 1 circles 'has a file of this name too'
put core/base/check.c
put tests/check.c
expect 0 circles

# page TEXT
page()
{
    mkdir -p "$tree/docs/changes" "$tree/core/base" "$tree/sdk/kit"
    : >"$tree/core/base/buf.c"
    : >"$tree/core/base/buf.h"
    : >"$tree/README.md"
    printf '%s\n' "$1" >"$tree/docs/page.md"
    printf 'the file `core/base/gone.c` is gone\n' >"$tree/docs/changes/old.md"
}

page '`core/base/buf.c`, `base/buf.h`, `core/base/buf.{c,h}`, `base/b*.c`, `sdk/ext/NAME.h`, `core/base/`, [page](page.md#x)'
expect 0 paths
page '`core/base/gone.c`'
expect 1 paths 'docs/page.md:1: there is no core/base/gone.c'
page '`base/gone.h`'
expect 1 paths 'base/gone.h'
page '`core/base/buf.{c,y}`'
expect 1 paths 'core/base/buf.y'
page '`core/base/x*.c`'
expect 1 paths 'x'
page '[page](gone.md)'
expect 1 paths 'leads nowhere'
page 'nothing'
printf 'see `sdk/kit/gone/`\n' >"$tree/README.md"
expect 1 paths 'README.md:1'
