#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kit-names.sh finds functions and data that have a plugin's names, and nothing else.
#
#     kit-names-selftest.sh CC AR NM
cc=$1
ar=$2
nm=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
lint=$(realpath "$(dirname "$0")/kit-names.sh")
cd "$work" || exit 1

# archive KIT SOURCE
archive() {
    echo "$2" >"$1.c"
    "$cc" -fvisibility=hidden -c "$1.c" -o "$1.o" && "$ar" rc "libmuster-kit-$1.a" "$1.o" || exit 1
}

# said STATUS TEXT
said() {
    found=$("$lint" "$nm" "$work" 2>&1)
    status=$?
    if [ "$status" -ne "$1" ] || [ "$found" != "$2" ]; then
        echo "status $status, not $1, and: $found"
        exit 1
    fi
}

said 1 "there is no libmuster-kit-*.a below $work"
archive good 'int m_get, muster_x; int good_pump(void); static int pump(void) { return 1; } int good_pump(void) { return pump(); }'
said 0 ""
archive pot 'int pot_lid, lid = 1; int good_pump(void); int good_pump(void) { return lid; }'
said 1 "good_pump of the kit pot can be a plugin's own name: make it static, or call it pot_good_pump
lid of the kit pot can be a plugin's own name: make it static, or call it pot_lid"
