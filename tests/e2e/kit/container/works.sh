#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# works.sh BIN PLUGINS SERVICE: what can be done with containers of a real Docker Engine, and what is said where it can't.
. "$(dirname "$0")/lib.sh"
source=$(dirname "$0")/failing.c

mkdir -p "$work/root/bin" "$work/root/etc"
cp /bin/busybox "$work/root/bin/"
ln -s busybox "$work/root/bin/sh"
ln -s busybox "$work/root/bin/cat"
echo "from the archive" >"$work/root/etc/word"
tar -C "$work/root" -cf "$work/archive.tar" .
echo "no archive" >"$work/none.tar"

run 0 "$service" -j 2 --set docker=own --set archive="$work/archive.tar" streams_are_taken_apart options_arrive limits_hold \
    health_is_waited_for ports_are_reached programs_run_in_it it_is_disturbed_and_ended one_that_dies_is_started_again \
    networks_part_them lists_and_events it_is_watched side_by_side image_of_an_archive
is "cases that passed" 13 "$(query 'map(select(.type == "case.ended" and .verdict == "passed")) | length')"
[ -s "$run/fixtures/docker/files/dockerd.log" ] || fail "no log of the daemon: $(find "$run/fixtures")"
[ -s "$run/cases/$plugin.it_is_watched/attempt-1/files/usage-busy.jsonl" ] || fail "no samples of the container"
no_daemon_left
nothing_left

# What fails says why, at its line, and keeps what the container had to say.
run 1 "$service" -j 2 --set docker=own --set archive="$work/none.tar" --set dynamic=/bin/sh never_healthy ends_before_it_is_healthy \
    does_not_end waits_in_vain no_such_image no_such_program dynamic_program archive_is_none runs_in_what_has_ended \
    asks_for_a_port_that_is_none a_state_that_is_none a_name_that_is_none nobody_there another_scheme crashes_beside_a_container
reason_has never_healthy "container sick is not healthy within" "it is running, unhealthy (" "the last look with status 9: no route"
reason_has ends_before_it_is_healthy "container shop is not healthy after" "it is exited with status 4" "no configuration"
reason_has does_not_end "container container has not ended within 200 ms: it is running"
says "seen last: container container is exited with status 3; its last lines: gone"
reason_has no_such_image "404, No such image: muster-no-such-image"
reason_has no_such_program "/no/such/program"
reason_has dynamic_program "/bin/sh needs other files to be run" "-static"
reason_has archive_is_none "none.tar"
reason_has runs_in_what_has_ended "container over: running /busybox in it: 409" "is not running"
reason_has asks_for_a_port_that_is_none "its port 81 is nowhere"
reason_has a_state_that_is_none 'no container is ever "sleeping"'
reason_has a_name_that_is_none 'can'"'"'t be named "My Shop"'
reason_has nobody_there "no answer of the engine at unix:///no/such/docker.sock"
reason_has another_scheme '"ssh://docker.example" is no URL of an engine'
for case in never_healthy ends_before_it_is_healthy does_not_end waits_in_vain; do
    verdict $case failed
done
for case in no_such_image no_such_program dynamic_program archive_is_none runs_in_what_has_ended nobody_there another_scheme; do
    verdict $case error
done
verdict crashes_beside_a_container crashed
for case in $(sed -n 's|.*/\* \([a-z_]*\) \*/$|\1|p' "$source"); do
    line=$(grep -n "/\* $case \*/" "$source" | cut -d: -f1)
    says "container/failing.c:$line: "
done
kept=$run/cases/$plugin.ends_before_it_is_healthy/attempt-1/files/on-failure
grep -q "no configuration" "$kept/container-shop.log" || fail "what it wrote is not kept: $(ls "$kept")"
jq -e '.State.ExitCode == 4' "$kept/container-shop.json" >/dev/null || fail "how it was is not kept"
grep -rq seen "$run/cases/$plugin.crashes_beside_a_container/attempt-1/" || fail "a janitor keeps nothing"
no_daemon_left
nothing_left

finish
