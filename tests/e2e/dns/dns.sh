#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The service `dns` and the kit that asks it: what is in the zone is read; what does not come, or does not go, is told with the last answer.
shipped=$3
. "$(dirname "$0")/../run/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
needs knotd
needs knsupdate
work_so=$plugins/names.so
plugin=e2e.dns
MUSTER_PLUGIN_PATH=$shipped
export MUSTER_PLUGIN_PATH

run 1 -j 3 --leaks warn "e2e.dns.[!h]*"
for passes in reads_every_type the_serial_moves services_come_in_their_turn reads_long_answers waits_for_what_comes_and_goes \
    the_key_is_asked_for; do
    verdict $passes passed
done

# fails SCENARIO VERDICT WORDS: at the line that is marked with its name.
fails() {
    line=$(grep -n "/\* $1 \*/" "$(dirname "$0")/plugins/names.c" | cut -d: -f1)
    verdict "$1" "$2"
    said=$(grep -A 6 -E "(FAIL|ERROR) .*\.$1\$" "$work/console")
    case $said in
    *"names.c:$line: "*"$3"*) ;;
    *) fail "$1 does not say \"$3\" at line $line: $said" ;;
    esac
}
fails a_name_never_comes failed ' A 127.0.0.8 within '
fails a_name_never_comes failed ': NOERROR: shop-'
fails a_name_never_goes failed ' still has a record TXT after '
fails a_condition_says_what_it_saw failed 'NXDOMAIN, no record'
fails nobody_answers error 'no answer from the DNS server 127.0.0.1:'
fails there_is_no_server error 'the DNS server "here and there" can'
fails a_type_is_unknown error '"HINFO" is no type that is read'

# What the server says is kept with the run, and its key nowhere.
kept=$(find "$run/fixtures" -name knotd.log)
grep -q 'DDNS' "$kept" || fail "the server's log says nothing of updates: $kept"
grep -rqE '[0-9a-f]{64}' "$kept" "$work/console" "$work/complaints" && fail "the key may be in a log"
grep -rqs 'hmac-sha256:muster' "$out" && fail "the key file is among the evidence"
grep '"fixture":"dns".*left behind' "$run/events.jsonl" && fail "the server's files are left to the runner"
nothing_left

# hold: a run whose server is up; its key is in $key, the server's process in $server.
mkfifo "$work/fifo"
hold() {
    rm -f "$dir/told"
    start e2e.dns.holds_a_server --set fifo="$work/fifo"
    exec 9>"$work/fifo"
    left=600
    until [ -s "$dir/told" ]; do
        left=$((left - 1))
        [ $left -gt 0 ] || { fail "no server came up"; finish; }
        sleep 0.05
    done
    read -r key <"$dir/told"
    server=$(pgrep -f "^[^ ]*knotd -c ${key%/key}/knot.conf\$")
    [ -n "$server" ] || fail "no process knotd of $key"
}

# The runner is killed: server and key go.
hold
is "who reads the key" 600 "$(stat -c %a "$key")"
kill -9 "$runner"
wait "$runner" 2>/dev/null
runner=
exec 9>&-
muster cleanup "$out/latest"
is "cleanup" 0 $?
nothing_left # the server is one of the run's processes

# The server dies: it is the service's fault, not the product's.
hold
kill -9 "$server"
ended 1
exec 9>&-
verdict holds_a_server error
says "service dns died"
nothing_left

# Without the server it is said which package to install.
run 1 --set dns_knotd=/nowhere/knotd e2e.dns.reads_every_type
verdict reads_every_type error
says "/nowhere/knotd: "
says "install Knot DNS"
finish
