# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For freeze.sh and the ABI's tests: the table of a version of the interface, from its headers. One table holds every
# struct with its size and each field's offset, size, type and name, and every constant.
#
# ABI_LAYOUT names the program that reads a layout (tests/abi/layout.c).

# A source file that sees the whole interface: plugin.h, and each extension that is there.
probe_source() # INCLUDE-DIR
{
    echo '#include <muster/plugin.h>'
    (cd "$1" && printf '#include <%s>\n' muster/ext/*.h)
}

layout_table() # COMPILER INCLUDE-DIR SCRATCH-DIR
{
    probe_source "$2" >"$3/probe.c"
    # A struct that nobody uses would be left out of the DWARF. Linked, since an object's strings are not relocated.
    "$1" -std=c11 -Wpadded -Werror -g -fno-eliminate-unused-debug-types -fPIC -shared -I "$2" -o "$3/probe.so" \
        "$3/probe.c" || return 1
    "$ABI_LAYOUT" "$3/probe.so" || return 1
    "$1" -std=c11 -E -dM -I "$2" "$3/probe.c" |
        awk '/^#define MUSTER_/ && $3 ~ /^[0-9"-]/ { sub(/^#define /, "constant "); print }' | LC_ALL=C sort
}

abi_constant() # NAME INCLUDE-DIR
{
    sed -n "s/^#define $1 \([0-9][0-9]*\)$/\1/p" "$2/muster/plugin.h"
}
