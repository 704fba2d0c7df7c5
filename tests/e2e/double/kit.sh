#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What scenarios have of doubles: answers of their own, and checks of what was asked, each seen to fail at its line.
shipped=$3
. "$(dirname "$0")/../run/lib.sh"
plugin=e2e.double
MUSTER_PLUGIN_PATH=$shipped
export MUSTER_PLUGIN_PATH
work_so=$plugins/doubles.so

reason() {
    query ".[] | select(.type == \"case.ended\" and .case == \"$plugin.$1\") | .reason"
}

run 1 -j 4 --order source 'e2e.double.[!s]*'
for passes in asks_the_shop programs_answers 'is_alone[who=one]' 'is_alone[who=two]' 'is_alone[who=three]' 'is_alone[who=four]' coolify_deploys; do
    verdict "$passes" passed
done
# fails SCENARIO WORDS [VERDICT]: at the line that is marked with its name.
fails() {
    line=$(grep -n "/\* $1 \*/" "$source" | cut -d: -f1)
    verdict "$1" "${3:-failed}"
    said=$(grep -A 6 -E "(FAIL|ERROR) .*\.$1\$" "$work/console")
    case $said in
    *"doubles.c:$line: "*"$2"*) ;;
    *) fail "$1 does not say \"$2\" at line $line: $said" ;;
    esac
}
source=$(dirname "$0")/plugins/doubles.c
fails asked_too_often 'it was asked GET /ids (200), GET /ids (200)'
fails asked_otherwise 'it was asked GET /nothing (404: no rule)'
fails asked_in_another_order 'GET /ids did not come in its turn'
fails asked_in_order_too_seldom 'GET /ids did not come in its turn'
fails asked_something_else 'GET /other (404: no rule)'
fails asked_too_late 'seen last: shop was asked GET /ids (200)'
fails mistake_in_a_rule 'the double shop: answer:1:12: `request` has no `pth`; did you mean `path`?' error
fails no_double 'shopp' error
fails no_request '"/ids" is no request' error
verdict file_is_broken error
case $(reason file_is_broken) in
*'broken.yaml:4:5: a rule has no `answr`; did you mean `answer`?'*) ;;
*) fail "a broken file: $(reason file_is_broken)" ;;
esac

# Evidence: what was asked, of each double, without secrets.
files=$run/fixtures/shop/files
[ -e "$files/requests.jsonl" ] || fail "no record: $(ls -R "$run/fixtures")"
is "records of doubles that attempts had for themselves" 14 "$(find "$files" -name 'requests-d-*.jsonl' | wc -l)"
token=$(find "$run/fixtures" -name 'requests*.jsonl' -exec grep -h Authorization {} + | grep -vc '"Authorization":"\*\*\*"')
is "tokens in records" 0 "$token"
nothing_left

# A shared one: what an attempt had programmed is gone when it has ended, and when it has crashed.
run 1 -j 1 --order source 'e2e.double.shares*'
verdict shares_1 passed
verdict shares_2_and_crashes crashed
verdict shares_3 passed
answers=$(jq -rs 'map(.rule | startswith("answer")) | tostring' "$run/fixtures/shop/files/requests.jsonl")
is "who answered the shared one" "[true,true,false]" "$answers"
nothing_left
finish
