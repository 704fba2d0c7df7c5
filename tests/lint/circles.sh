#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files that use each other in a circle, and names that stand for two things. A file here is what x.c and x.h are together:
# x uses y when either of them includes y.h. No circle may be among them, anywhere; and among core/'s rooms and artifacts/
# no two files of different rooms may have the same name.
#
# circles.sh [ROOT]      exit status 0 clean, 1 with one line for each finding
set -eu
root=${1:-$(dirname "$0")/../..}
cd "$root"
findings=$(mktemp)
trap 'rm -f "$findings"' EXIT

files() # PART...
{
    for part in "$@"; do
        [ ! -d "$part" ] || find "$part" \( -name '*.c' -o -name '*.h' -o -name '*.cpp' \) -type f
    done | sort
}

# "USER USED" for each include of one of our own files, without their suffixes.
uses()
{
    files artifacts core plugins scenarios sdk/include sdk/kit | xargs -r awk '
        BEGIN { bed = "plugins/testbed/src/"; for (i = 1; i < ARGC; i++) ours[ARGV[i]] }
        function unit(path) { sub(/\.[a-z]+$/, "", path); return path }
        function found(path) {
            if (!(path in ours))
                return 0
            if (unit(path) != unit(FILENAME))
                print unit(FILENAME), unit(path)
            return 1
        }
        /^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]/ {
            header = $0
            sub(/^[^<"]*[<"]/, "", header)
            sub(/[>"].*/, "", header)
            folder = FILENAME
            sub("/[^/]*$", "", folder)
            kit = header
            sub(/^muster\/kit\//, "", kit)
            sub(/\.h$/, "", kit)
            found(folder "/" header) || (index(FILENAME, bed) == 1 && found(bed header)) || found("core/" header) || found(header) || found("scenarios/" header) ||
                found("sdk/kit/lazy/" header) || found("sdk/include/" header) ||
                found("sdk/kit/" kit "/include/" header)
        }'
}

# tsort(1) names the members of each circle on its standard error.
uses | LC_ALL=C tsort 2>&1 >/dev/null |
    sed -n 's/^tsort: \([^ ]*\/[^ ]*\)$/\1: is used by what it uses, in a circle/p' >"$findings"

files artifacts core | awk '
    {
        n = split($0, at, "/")
        room = at[1] == "core" ? at[1] "/" at[2] : at[1]
        name = at[n]
        sub(/\.[a-z]+$/, "", name)
        if (name in first && first[name] != room && !((name, room) in told)) {
            print $0 ": " first[name] " has a file of this name too"
            told[name, room]
        }
        if (!(name in first))
            first[name] = room
    }' >>"$findings"

cat "$findings"
[ ! -s "$findings" ]
