#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# browser.sh BIN PLUGINS SERVICE: what users with a real browser can do, what is said when they can't, what is left as
# evidence, and that nothing else is.
. "$(dirname "$0")/../../run/lib.sh"
needs python3
needs chromium
needs chromedriver
needs curl
service=$3
work_so=$plugins/users.so
plugin=e2e.users
source=$(dirname "$0")/users.c

reason() {
    query ".[] | select(.type == \"case.ended\" and .case == \"e2e.users.$1\") | .reason"
}

# reason_has CASE TEXT...
reason_has() {
    case=$1
    shift
    for text; do
        case $(reason "$case") in
        *"$text"*) ;;
        *) fail "$case has no \"$text\" in its reason but: $(reason "$case")" ;;
        esac
    done
}

files_of() {
    echo "$run/cases/e2e.users.$1/attempt-1"
}

# line_of MARK: where it stands in the plugin's source.
line_of() {
    grep -n "/\* $1 \*/" "$source" | cut -d: -f1
}

# at_its_line CASE: the reason's place is the author's.
at_its_line() {
    says "browser/users.c:$(line_of "$1"): browser: "
}

# is_picture FILE WIDTH
is_picture() {
    case $(file -b "$1") in
    "PNG image data, $2 x "*) ;;
    *) fail "$1 is no picture: $(file -b "$1")" ;;
    esac
}

# ---- what works

run 0 "$service" -j2 e2e.users.uses_everything e2e.users.two_users_share_nothing
verdict uses_everything passed
verdict two_users_share_nothing passed
is_picture "$(files_of uses_everything)/files/pictures/last.png" 640
grep -q 'nothing.there()' "$(files_of uses_everything)/files/last.html" || fail "no source of the page"
for case in uses_everything two_users_share_nothing; do
    [ ! -e "$(files_of $case)/files/on-failure" ] || fail "$case passed, and has evidence of a failure"
done
nothing_left

run 1 "$service" e2e.users.network_changes e2e.users.network_does_nothing_but_change
verdict network_changes passed
verdict network_does_nothing_but_change error
reason_has network_does_nothing_but_change "visit http://shop.example/: there is no page: net::ERR_NETWORK_CHANGED"

# ---- what does not

run 1 "$service" -j2 e2e.users.every_check_fails e2e.users.nothing_to_click e2e.users.covered e2e.users.alert_in_between \
    e2e.users.wrong_selector e2e.users.no_page e2e.users.fails_elsewhere e2e.users.page_hangs \
    e2e.users.next_page_hangs e2e.users.crashes e2e.users.runs_out_of_time
nothing_left

# Each check was seen to fail, at its line, and the last of them ended the scenario.
verdict every_check_fails failed
checks=".[] | select(.type == \"attempt.check\" and .case == \"e2e.users.every_check_fails\")"
want=$(for mark in console text text_absent text_has value visible hidden count url title until required; do
    line_of $mark
done)
is "the lines of checks" "$want" "$(query "$checks | .line")"
# told MARK FIELD TEXT
told() {
    told=$(query "$checks | select(.line == $(line_of "$1")) | .$2")
    case $told in
    *"$3"*) ;;
    *) fail "the check $1 has no \"$3\" as its $2 but: $told" ;;
    esac
}
told console actual '"not any more"'
told console message "2 errors in the console of browser; this is the first"
told text actual "Send"
told text expected "Receive"
told text message "browser: not within "
told text message '/form "form"'
told text_absent actual "there is no such element"
told text_has expected "Senden"
told value actual "nobody"
told visible actual "not there"
told hidden actual "visible"
told count actual "2"
told count message "the second turn"
told url actual "/form"
told title expected "Form"
told until message "seen last: #said: it is there, but hidden"
told required required true

verdict nothing_to_click failed
at_its_line nothing_to_click
reason_has nothing_to_click "browser: click #nobody: not within " ": there is no such element, on http://127.0.0.1:" '/form "form"'
evidence=$(files_of nothing_to_click)/files/on-failure
is_picture "$evidence/screenshot.png" 1280
grep -q 'aria-label="I agree"' "$evidence/page.html" || fail "the source of the page: $(cat "$evidence/page.html")"
grep -q '> click #nobody' "$evidence/browser-commands.txt" || fail "what was done: $(cat "$evidence/browser-commands.txt")"
is "their media types" "image/png text/html" "$(query '[.[] | select(.type == "attempt.artifact" and .case == "e2e.users.nothing_to_click"
    and (.name | test("(png|html)$"))) | .media_type] | sort | join(" ")')"
verdict covered failed
at_its_line covered
reason_has covered 'another element is in front of it: <div id="cover"'
verdict alert_in_between failed
at_its_line alert_in_between
reason_has alert_in_between "click #ask: an alert is open, which has to be answered first: beware"
[ -s "$(files_of alert_in_between)/files/on-failure/screenshot.png" ] || fail "an alert is in front of the picture"

# An error, since it says nothing about the product. Secrets are neither in the reason nor in what is left.
verdict wrong_selector error
at_its_line wrong_selector
reason_has wrong_selector "click p:nonsense(: invalid selector" '/secret?... "secret"'
evidence=$(files_of wrong_selector)/files/on-failure
grep -q 'value="\*\*\*"' "$evidence/page.html" || fail "the source of the page: $(cat "$evidence/page.html")"
! grep -rqE 'very-secret-code|typed-secretly|hidden-in-the-address' "$evidence" "$log" || fail "a secret is on the disk"
verdict no_page error
at_its_line no_page
reason_has no_page "there is no page: net::ERR_CONNECTION_REFUSED"

# A check that is none of the browser's: both have their picture.
verdict fails_elsewhere failed
for picture in screenshot.png screenshot-bob.png; do
    is_picture "$(files_of fails_elsewhere)/files/on-failure/$picture" 1280
done
grep -q Outside "$(files_of fails_elsewhere)/files/on-failure/page-bob.html" || fail "the source of the second browser's page"

# What hangs is told before the attempt's time is over: with what was waited for.
verdict page_hangs error
at_its_line page_hangs
reason_has page_hangs "browser: visit http://127.0.0.1:" "/hang: the loading of the page has not ended within "
[ -s "$(files_of page_hangs)/files/on-failure/screenshot.png" ] || fail "no picture of a page that hangs"
verdict next_page_hangs error
at_its_line next_page_hangs
reason_has next_page_hangs "click text=Onwards: the loading of the page has not ended within 15000 ms"
# An attempt that is gone can't take a picture, but its browser is still there.
verdict crashes crashed
verdict runs_out_of_time timeout
for case in crashes runs_out_of_time; do
    picture=$(find "$(files_of $case)" -name screenshot.png)
    is_picture "${picture:-none}" 1280
done

# ---- a browser that does not end by its driver's word: with it goes its profile, while the driver goes on

run 1 "$service" e2e.users.page_is_busy
verdict page_is_busy error
at_its_line page_is_busy
reason_has page_is_busy "click role=button: the browser has not answered within " ": its page is busy"
is "cleanups that failed" 0 "$(query 'map(select(.type == "attempt.leaked" and .kind == "cleanup")) | length')"
nothing_left

# ---- the runner is killed

TMPDIR=$work/tmp "$bin/muster" run "$work_so" "$service" e2e.users.stands --out "$out" --set dir="$dir" \
    >"$work/console" 2>"$work/complaints" </dev/null &
runner=$!
until [ -e "$dir/stands" ] || ! kill -0 "$runner" 2>/dev/null; do sleep 0.1; done
[ -n "$(find "$work/tmp" -name 'profile-*')" ] || fail "there is no profile while a browser is open"
kill -9 "$runner"
ended 137
muster cleanup --out "$out" --set dir="$dir"
is "muster cleanup" 0 $?
nothing_left
left=$(pgrep -f -- "--user-data-dir=$work")
[ -z "$left" ] || fail "processes with a profile of the run are left: $left"

# ---- another driver

run 1 "$service" --set chromedriver=/nothing/there e2e.users.crashes
verdict crashes error
says "chromedriver: it can't be started: No such file or directory (Debian's package is chromium-driver; --set chromedriver=PATH"

mkdir "$work/theirs"
HOME=$work/theirs TMPDIR=$work/theirs chromedriver --port=0 >"$work/theirs/log" 2>&1 </dev/null &
theirs=$!
until port=$(sed -n 's/.* started successfully on port \([0-9]*\).*/\1/p' "$work/theirs/log") && [ -n "$port" ] ||
    ! kill -0 "$theirs" 2>/dev/null; do sleep 0.1; done
run 1 "$service" --set webdriver="http://127.0.0.1:$port" \
    --set capabilities='{"goog:chromeOptions":{"args":["--headless","--no-sandbox","--disable-gpu"]}}' \
    e2e.users.nothing_to_click e2e.users.crashes
verdict nothing_to_click failed
reason_has nothing_to_click "click #nobody"
verdict crashes crashed
is "sessions that are left" 0 "$(curl -s "http://127.0.0.1:$port/sessions" | jq '.value | length')"
nothing_left
kill "$theirs"
wait "$theirs"
finish
