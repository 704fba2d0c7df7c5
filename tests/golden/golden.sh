#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Replays a transcript: what the user types and what he reads, to the letter.
#
#     golden.sh [--update] BIN PLUGINS TRANSCRIPT...
#
# A transcript is a text file. After each line that begins with "$ ", a command, stand the lines that it writes to
# standard output, behind "| ", then those on standard error, behind "! ", then "? STATUS" unless that is 0.
# All other lines are comments. Commands run in an empty folder of their own, which has the plugins in plugins/,
# with `muster` in the PATH, and an almost empty environment. What differs from run to run is replaced
# (see normalise). --update writes the transcripts anew: read the difference before you commit it.
set -u

update=
[ "${1:-}" != --update ] || { update=yes; shift; }
bin=$(cd "$1" && pwd) || exit 1
plugins=$(cd "$2" && pwd) || exit 1
shift 2

# What differs from run to run and from machine to machine, and how many services there are. Durations keep their width, so that what is aligned stays so.
normalise() {
    sed -E \
        -e "s|$work/cwd|DIR|g" -e "s|$bin|BIN|g" -e "s|${bin%/*}|TOP|g" \
        -e "s#in [0-9]+ plugins?, in empty and TOP/plugins#in N plugins, in empty and TOP/plugins#" \
        -e 's/[0-9]{8}-[0-9]{6}-[0-9a-f]{12}/RUN/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z?/WHEN/g' \
        -e 's/[0-9]+\.[0-9]{3}s/#.###s/g' -e 's/\] +([0-9]+ (s|min) ago|now) RUN/]    # s ago RUN/' \
        -e 's/(time|hostname)="[^"]*"/\1="#"/g' -e 's/(duration_ms:?) [0-9.]+/\1 #/g' \
        -e 's/("(t|duration[A-Za-z_]*|started[A-Za-z]*|cpu[A-Za-z_]*|max_?[Rr]ss_?[Kk]b|host)": ?)("[^"]*"|[0-9.]+)/\1#/g' \
        -e 's/ ASAN_OPTIONS//' -e 's/thread [0-9]+ /thread N /' -e 's/wchan=[a-z_0-9]+/wchan=W/' -e 's/\+0x[0-9a-f]+ in /+0x# in /' \
        -e 's/0x[0-9a-f]{3,}/0x#/g' -e 's/pipe:\[[0-9]+\]/pipe:[#]/' -e 's/\b[0-9a-f]{64}\b/SHA256/g'
}

# A byte that is no text is shown, not replayed.
show() {
    normalise <"$2" | sed -e "s/^/$1 /" -e 's/ $//' | tr '\000-\010\013-\037\177' '~'
    # A last line without its end would run into the next one.
    [ ! -s "$2" ] || [ -z "$(tail -c 1 "$2")" ] || echo " (no newline)"
}

replay() {
    while IFS= read -r line; do
        case $line in
        '$ '*)
            printf '%s\n' "$line"
            (cd "$work/cwd" && env -i PATH="$bin:$PATH" HOME="$work" TMPDIR="$work/tmp" NO_COLOR=1 \
                ASAN_OPTIONS=handle_segv=0 \
                sh -c "${line#\$ }" </dev/null >"$work/stdout" 2>"$work/stderr")
            status=$?
            show '|' "$work/stdout"
            show '!' "$work/stderr"
            [ "$status" -eq 0 ] || echo "? $status"
            ;;
        '|'* | '!'* | '? '*) ;;
        *) printf '%s\n' "$line" ;;
        esac
    done <"$1"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/muster-golden.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

different=0
for transcript; do
    rm -rf "$work/cwd" "$work/tmp"
    mkdir "$work/cwd" "$work/tmp"
    cp -R "$plugins" "$work/cwd/plugins"
    replay "$transcript" >"$work/actual"
    if [ -n "$update" ]; then
        cp "$work/actual" "$transcript"
    elif ! diff -u "$transcript" "$work/actual"; then
        different=1
    fi
done
exit $different
