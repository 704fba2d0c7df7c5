#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Servers that scenarios and fixtures start with the kit: ready, told of, stopped in their turn, and their logs.
. "$(dirname "$0")/../run/lib.sh"
needs python3
work_so=$plugins/servers.so
plugin=e2e.kit

reason() {
    query ".[] | select(.type == \"case.ended\" and .case == \"e2e.kit.$1\") | .reason"
}

reason_has() {
    case $(reason "$1") in
    *"$2"*) ;;
    *) fail "$1 has no \"$2\" in its reason but: $(reason "$1")" ;;
    esac
}

# Paths that are relative to where muster was called are good for the plugin, which is somewhere else.
cd "$plugins" || exit 1
muster run servers.so --out "$out" e2e.kit.uses_the_site e2e.kit.starts_its_own e2e.kit.is_cleaned_up_before_its_server
is "servers" 0 $?
verdict uses_the_site passed
verdict starts_its_own passed
verdict is_cleaned_up_before_its_server passed
own=$run/cases/e2e.kit.starts_its_own/attempt-1/files/site.log
grep -q 'GET /index.txt' "$own" || fail "no log of the scenario's server: $(ls -R "$run")"
nothing_left

# What a service's program logged meanwhile is shown with a failure, and no more than that.
run 1 -j 1 --order source e2e.kit.uses_the_site e2e.kit.fails_at_the_site
window=$(query '.[] | select(.type == "attempt.service" and (.file | endswith("/site.log")))')
is "whose log it is" "e2e.kit.fails_at_the_site site" "$(echo "$window" | jq -r '"\(.case) \(.fixture)"')"
is "where it is" "fixtures/site/files/site.log" "$(echo "$window" | jq -r .file)"
echo "$window" | jq -r '.output[]' | grep -q 'GET /wanted-by-the-one-that-fails' || fail "the request is not in it: $window"
echo "$window" | jq -r '.output[]' | grep -q 'GET /sub/page.txt' && fail "it has what was logged before: $window"
part=$(tail -c +"$(echo "$window" | jq '.from + 1')" "$run/fixtures/site/files/site.log" | head -c "$(echo "$window" | jq .bytes)")
case $part in
*/wanted-by-the-one-that-fails*) ;;
*) fail "the window's place in the file is another: $part" ;;
esac
says "GET /wanted-by-the-one-that-fails"

# So it is of a service that outlives its run: the run and its bundle have what was logged until then, and `muster cleanup` leaves
# the rest with it.
if [ $$ -ne 1 ]; then
    run 1 --keep-failed e2e.kit.leaves_the_site
    is "the file of the window" "fixtures/site/files/site.log" \
        "$(query '.[] | select(.type == "attempt.service" and (.file | endswith("/site.log"))) | .file')"
    kept_log=$run/fixtures/site/files/site.log
    grep -q 'GET /wanted-before-the-run-ended' "$kept_log" || fail "the run has not the log of a kept service: $(cat "$kept_log")"
    grep -q 'GET /wanted-by-a-cleanup' "$kept_log" && fail "the log of what is not yet undone"
    tar -xOf "$run/bundle.tar.zst" --wildcards '*fixtures/site/files/site.log' >"$work/packed" || fail "it is not in the bundle"
    cmp -s "$kept_log" "$work/packed" || fail "the bundle has another"
    muster cleanup "$run" || fail "muster cleanup: $(cat "$work/complaints")"
    grep -q 'GET /wanted-before-the-run-ended' "$kept_log" || fail "muster cleanup lost the log: $(cat "$kept_log")"
    grep -q 'GET /wanted-by-a-cleanup' "$kept_log" || fail "the log has not what came after the run: $(cat "$kept_log")"
    [ ! -e "$run/.slots" ] || fail "left: $(ls -R "$run/.slots")"
    muster verify "$run" || fail "$(cat "$work/complaints")"
    nothing_left

    # A server that ends while nobody looks: what needs it to be undone went with it, and is not tried for ever.
    run 1 --keep-failed e2e.kit.needs_the_site
    site=$(sed -n 's/^ *site: .*process \([0-9]*\) (site).*/\1/p' "$work/console")
    kill -KILL "$site" || fail "no process of the site: $(tail -n 5 "$work/console")"
    until muster cleanup "$run" --list && grep -q 'gone service site' "$work/console"; do
        tail --pid="$site" -s 0.1 -f /dev/null
    done
    muster cleanup "$run" || fail "status $?: $(cat "$work/complaints")"
    says 'GONE service site'
    says 'GONE e2e.kit.needs_the_site attempt 1: need.site("there"): in service site, which is gone: '
    says 'undone, 1 gone, 0 left'
    nothing_left
    muster cleanup "$run" || fail "again: status $?"
    says 'nothing to clean up'
fi

# What ends in the middle is told, with its last lines.
run 1 --containment reaper e2e.kit.ends_the_site
verdict ends_the_site error
is "its reason" "service site died: site was ended by SIGKILL" "$(reason ends_the_site)"
says "site was ended by SIGKILL; the last that it printed:"
says '"GET /index.txt HTTP/1.1" 200'
nothing_left

run 1 e2e.kit.server_dies
verdict server_dies failed
says "shaky exited with status 1; the last that it printed:"
says "EOFError"

# What does not become ready says why, and leaves its log.
run 1 e2e.kit.has_no_site e2e.kit.server_is_never_ready
verdict has_no_site error
reason_has has_no_site "app: it exited with status 1 before it was ready; the last that it printed: no such database"
verdict server_is_never_ready error
says "servers.c:"
grep -q 'sdk/kit.*app:' "$work/console" && fail "the kit's own file is named for the author's"
reason_has server_is_never_ready 'slow: it was not ready within 1500 ms: no line with "listening"; the last that it printed: hello from beside'
is "its log" "hello from beside the plugin" "$(cat "$run/cases/e2e.kit.server_is_never_ready/attempt-1/files/slow.log")"
nothing_left

run 1 e2e.kit.port_is_taken
verdict port_is_taken error
reason_has port_is_taken " is in use: it accepts connections before the program is started"

# One that does not hear SIGTERM, and one whose scenario crashes: both are ended.
run 1 e2e.kit.server_is_deaf e2e.kit.crashes_with_a_server
verdict server_is_deaf passed
is "what was said of it" "deaf did not end within 100 ms of SIGTERM: SIGKILL" \
    "$(query '.[] | select(.type == "attempt.log" and .level == "warning") | .text')"
verdict crashes_with_a_server crashed
is "cleanups that failed" 0 "$(query 'map(select(.type == "attempt.leaked" and .kind == "cleanup")) | length')"
nothing_left
finish
