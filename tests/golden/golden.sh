#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Replays a transcript: what the user types and what he reads, to the letter.
#
#     golden.sh [--update] BIN PLUGINS TRANSCRIPT...
#
# A transcript is a text file. After each line that begins with "$ ", a command, stand the lines that it writes to
# standard output, behind "| ", then those on standard error, behind "! ", then "? STATUS" unless that is 0.
# All other lines are comments. Commands run in an empty folder of their own, which has the plugins in plugins/,
# with `muster` in the PATH, on a terminal of 80 columns that isn't one. What differs from run to run is replaced
# (see normalise). --update writes the transcripts anew: read the difference before you commit it.
set -u

update=
[ "${1:-}" != --update ] || { update=yes; shift; }
bin=$(cd "$1" && pwd) || exit 1
plugins=$(cd "$2" && pwd) || exit 1
shift 2

# Numbers keep their width, so that what is aligned stays aligned.
normalise() {
    sed -E \
        -e "s|$work|DIR|g" \
        -e 's/[0-9]{8}[T-][0-9]{6}(\.[0-9]+)?Z?-[0-9a-z]+/RUN/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z/WHEN/g' \
        -e 's/\b[0-9]+\.([0-9])([0-9]{2})? ?(s|ms)\b/#.#\3/g' \
        -e 's/"(t|duration|duration_ns|duration_ms|cpu_user_us|cpu_system_us|max_rss_kb)": ?[0-9.]+/"\1": #/g' \
        -e 's/0x[0-9a-f]{6,}/0xADDRESS/g' \
        -e 's/\b[0-9a-f]{64}\b/SHA256/g' \
        -e 's/thread [0-9]+ /thread N /'
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
            (cd "$work/cwd" && PATH=$bin:$PATH TMPDIR=$work/tmp COLUMNS=80 NO_COLOR=1 TZ=UTC LC_ALL=C.UTF-8 \
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
unset MUSTER_PLUGIN_PATH GITHUB_ACTIONS CI

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
