#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# viewers.sh BIN PLUGINS SERVICE: pages by their names in the target file, in a real browser: what can be done, what is said
# when it can't, what is left of a failure, and scenarios without a page or a browser are skipped by name.
. "$(dirname "$0")/../../run/lib.sh"
needs python3
needs chromium
needs chromedriver
needs curl
service=$3
work_so=$plugins/viewers.so
plugin=e2e.viewers
target=$(dirname "$0")/viewers.target.yaml
source=$(dirname "$0")/viewers.c

# reason_has CASE TEXT...
reason_has() {
    case=$1
    shift
    reason=$(query ".[] | select(.type == \"case.ended\" and .case == \"e2e.viewers.$case\") | .reason")
    for text; do
        case $reason in
        *"$text"*) ;;
        *) fail "$case has no \"$text\" in its reason but: $reason" ;;
        esac
    done
}

run 1 "$plugins/users.so" "$service" -j2 --target "$target" 'e2e.viewers.*'
verdict sees_and_does passed
[ ! -e "$run/cases/e2e.viewers.sees_and_does/attempt-1/files/on-failure" ] || fail "what passed has evidence of a failure"

# Each check was seen to fail, and each failure has a picture of the page and its source.
verdict checks_fail failed
checks='.[] | select(.type == "attempt.check" and .case == "e2e.viewers.checks_fail")'
is "the failed checks" '"greeting" shows "goodbye"|"item[four]" is shown|"item[one]" is not shown|"page.form" is shown|"user" holds "ada"|page.gone is shown' \
    "$(query "[$checks | .expression] | join(\"|\")")"
is "what they found" 'Welcome|not there|visible|not there|nobody|not there' "$(query "[$checks | .actual] | join(\"|\")")"
is "its place" "$(grep -n 'PAGE_OPEN(v, "page.gone"' "$source" | tail -n 1 | cut -d: -f1)" "$(query "[$checks | .line] | last")"
evidence=$run/cases/e2e.viewers.checks_fail/attempt-1/files/on-failure
case $(file -b "$evidence/screenshot.png") in
"PNG image data, 1280 x "*) ;;
*) fail "no picture: $(file -b "$evidence/screenshot.png")" ;;
esac
grep -q Welcome "$evidence/page.html" || fail "no source of the page"
grep -q '> visit ' "$evidence/browser-commands.txt" || fail "not what was done"

# Nothing is shown where another page is, which says nothing of this one.
verdict not_on_another_page failed
is "what it found" 'another page' "$(query '.[] | select(.type == "attempt.check" and .case == "e2e.viewers.not_on_another_page") | .actual')"

for case in no_page_yet wrong_mark which_one quotation_marks nothing_to_forge no_argument undeclared no_page_at_all asked_as_an_operation; do
    verdict $case error
done
reason_has no_page_yet 'go: no page has been opened yet: PAGE_OPEN(viewer, "page.x")'
reason_has wrong_mark 'page.start of the target viewers has no greting among its marks; did you mean greeting?'
reason_has which_one 'say which one in brackets'
reason_has quotation_marks 'no quotation marks'
reason_has nothing_to_forge 'gone of page.form: ' 'and there is none: #gone'
reason_has no_argument 'page.gone needs the argument id'
reason_has undeclared 'does not declare the operation page.form'
reason_has no_page_at_all 'start.get is no page in the target viewers'
reason_has asked_as_an_operation 'page.start is a page in the target viewers: a browser opens it'
verdict lacking skipped
reason_has lacking 'unsupported: the target viewers has no operation page.checkout'
nothing_left

# Without a browser: skipped by name, and why.
PATH=$work/tmp "$bin/muster" run "$work_so" "$service" --out "$out" --target "$target" --set url=http://127.0.0.1:1 \
    e2e.viewers.sees_and_does >"$work/console" 2>"$work/complaints" </dev/null || fail "without a browser: status $?"
verdict sees_and_does skipped
reason_has sees_and_does 'no browser: chromedriver is not installed'
finish
