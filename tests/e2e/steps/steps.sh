#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The steps of one kind: steps.sh BIN PLUGINS DATA NAME
#
# NAME.yaml passes. In NAME-fails.yaml and NAME-mistakes.yaml a line says what has to be told of it: `# at: TEXT`, that
# TEXT is told with this file and line; `# says: TEXT`, that it is told at all. Neither is a secret: the words hunter22
# and geheim, which the files have in passwords, are nowhere in what the run leaves.
set -eu
muster=$1/muster shipped=$2 data=$3 name=$4
# shellcheck source=tests/e2e/target/lib.sh
. "$(dirname "$0")/../target/lib.sh"
cp "$data"/* .

# server PROGRAM...: started; the first line that it prints is its port
serve() {
    "$@" >port 2>served &
    server=$!
    trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
    n=0
    while ! [ -s port ] && [ $((n += 1)) -lt 600 ]; do sleep 0.1; done
    [ -s port ] || { fail "no server: $(cat served)"; exit 1; }
    url=http://127.0.0.1:$(cat port)
}

# told FILE: whatever its comments ask for was said
told() {
    awk -F '# ' '/# at: / { sub(/.*# at: /, ""); print NR ":at:" $0 } /# says: / { sub(/.*# says: /, ""); print NR ":says:" $0 }' \
        "$1" >wanted
    [ -s wanted ] || fail "$1 asks for nothing"
    while IFS= read -r line; do
        number=${line%%:*} rest=${line#*:}
        text=${rest#*:}
        case ${rest%%:*} in
        at) grep -F -- "$1:$number:" said | grep -qF -- "$text" || fail "not told of $1:$number: $text" ;;
        *) grep -qF -- "$text" said || fail "not said: $text" ;;
        esac
    done <wanted
}

url=none
case $name in
mail) /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || exit 77 ;;
http | ws | wait | tcp)
    command -v python3 >/dev/null || exit 77
    serve python3 server.py
    ;;
esac
run 0 "$name.yaml" --set "url=$url" --set "port=${url##*:}"
run 1 "$name-fails.yaml" --set "url=$url" --set "port=${url##*:}"
told "$name-fails.yaml"
# --timeout-factor multiplies a time once, not also what is left of it: 1.5 s, and not 5 or more.
if [ -e "$name-late.yaml" ]; then
    began=$(date +%s%3N)
    run 1 "$name-late.yaml" --timeout-factor 5 --set "port=${url##*:}"
    took=$(($(date +%s%3N) - began))
    { [ "$took" -ge 1500 ] && [ "$took" -lt 4800 ]; } || fail "$name-late.yaml took $took ms"
fi
grep -rlE 'hunter22|geheim' out said && fail "a secret was told"
expect 6 env "MUSTER_PLUGIN_PATH=$shipped" "$muster" list "$name-mistakes.yaml"
told "$name-mistakes.yaml"
[ "$fails" = 0 ] || cat said >&2
exit $fails
