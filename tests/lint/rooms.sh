#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Holds every #include against the order of the rooms: what stands before may be used, what stands after may
# not. The compiler finds most of it through include directories; this also finds what core/'s one include
# path would let through, and names the rule.
#
# rooms.sh [ROOT]        exit status 0 clean, 1 with one line for each finding
set -eu
root=${1:-$(dirname "$0")/../..}
cd "$root"

# FILE:LINE:HEADER for each include of the parts that have rules; "<" or quote is kept in front of HEADER.
includes() {
    for part in artifacts core plugins scenarios sdk; do
        [ ! -d "$part" ] || find "$part" \( -name '*.c' -o -name '*.h' -o -name '*.cpp' \) -type f
    done | sort | xargs -r grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' |
        sed -E 's/^([^:]*:[0-9]+:)[[:space:]]*#[[:space:]]*include[[:space:]]*([<"][^>"]*).*/\1\2/'
}

includes | awk -F: '
BEGIN {
    # One line: so there is no circle.
    n_rooms = split("base config secrets ipc load plan data target settings tables record contain slotdir forensics discover exec host " \
                    "report coverage evidence scaffold doctor cli", order, " ")
    for (i = 1; i <= n_rooms; i++)
        rank[order[i]] = i
    # The reference platform, the lowest room first; what lies beside the rooms is above them all.
    n_bed_rooms = split("common store server outbound audit events tenants identity workloads provisioning pages", bed_order, " ")
    for (i = 1; i <= n_bed_rooms; i++)
        bed_rank[bed_order[i]] = i
    bed = "plugins/testbed/src/"
    # Only load, host and data make or read the structs of a plugin; the command line names versions and extensions.
    reads_abi["load"] = reads_abi["host"] = reads_abi["data"] = reads_abi["cli"] = 1
}

function finding(rule) {
    printf "%s:%s: includes %s: %s\n", file, $2, header, rule
    findings++
}

function exists(path) {
    if ((getline unused < path) < 0)
        return 0
    close(path)
    return 1
}

{
    file = $1
    header = substr($3, 2)
    quoted = substr($3, 1, 1) == "\""
    n = split(file, at, "/")
    split(header, to, "/")
    room = to[1]
    folder = file
    sub("/[^/]*$", "", folder)
    beside = quoted && header !~ /\.\./ && exists(folder "/" header)
}

# `..` would step around every rule below.
header ~ /(^|\/)\.\.\// { finding("name the header from its root, not by `..`"); next }

# The platform has rooms of its own, each header named by its room.
index(file, bed) == 1 {
    own = n > 4 ? at[4] : ""
    if (own != "" && !(own in bed_rank))
        finding("testbed/" own " has no place in the order of the rooms of the platform")
    else if (quoted && !exists(bed header))
        finding("no such header of the platform; it sees nothing else")
    else if (quoted && own != "" && !(room in bed_rank))
        finding("what lies beside the rooms is above them")
    else if (quoted && own != "" && bed_rank[room] > bed_rank[own])
        finding(own " stands below " room)
    else if (!quoted && own != "store" && header ~ /^(sqlite3|libpq)/)
        finding("the database is the business of store")
    else if (!quoted && (room in rank || room == "muster"))
        finding("the platform uses nothing of the runner or of the SDK")
    next
}

beside { next }

at[1] == "core" {
    if (!(at[2] in rank)) {
        finding("core/" at[2] " has no place in the order of rooms")
    } else if (room in rank) {
        if (rank[room] > rank[at[2]])
            finding(at[2] " comes before " room)
    } else if (room == "muster" && !(at[2] in reads_abi)) {
        finding("this room does not read the plugin interface")
    } else if (header ~ /^(curl\/|libwebsockets|wslay\/|libpq|ares\.h|lxc\/)/) {
        finding("the runner speaks no protocol")
    } else if (at[2] == "host" && room == "exec") {
        finding("host and exec meet in ipc")
    } else if (room == "artifacts" && rank[at[2]] < rank["record"]) {
        finding("artifacts come after " at[2])
    } else if (quoted && room != "artifacts") {
        finding("no such room")
    }
}

at[1] == "artifacts" && ((room in rank && room != "base") || room == "muster") { finding("artifacts use base alone") }

(at[1] == "plugins" || at[1] == "scenarios" || at[1] == "sdk") && (room in rank || room == "core" || room == "artifacts") {
    finding(at[1] " sees the SDK alone")
}

at[1] == "sdk" && at[2] == "include" && room !~ /^(muster|std|string|inttypes|stddef|stdint)/ {
    finding("a header of the SDK includes the SDK and the C library alone")
}

END { exit (findings > 0) }
'
