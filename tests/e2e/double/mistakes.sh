#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Mistakes in a double's file are told with file, line and column, all at once, and with the nearest name.
. "$(dirname "$0")/../run/lib.sh"
cd "$work" || exit 1

# wrong <<EXPECTED 3<<FILE: the file has these mistakes and no others.
wrong() {
    cat >expected
    cat <&3 >f.yaml
    "$bin/muster-double" --check f.yaml >actual 2>&1
    is "the status" 1 $?
    cmp -s expected actual || fail "not what was expected: $(diff expected actual)"
}

wrong <<'E' 3<<'Y'
f.yaml:2:1: a file of a double has no `valus`; did you mean `values`?
f.yaml:4:5: a rule has no `requst`; did you mean `request`?
f.yaml:4:5: a rule has a `request`
f.yaml:6:16: `request` has no `methd`; did you mean `method`?
f.yaml:7:15: an answer has no `staus`; did you mean `status`?
E
double: x
valus: {}
rules:
  - requst: { path: /a }
    answer: { text: ok }
  - request: { methd: GET, path: /a }
    answer: { staus: 200 }
Y
wrong <<'E' 3<<'Y'
f.yaml:4:41: ${path.idd}: the rule's path has no {} of that name; did you mean `id`?
f.yaml:5:46: ${value.tokn}: there is no such one among `values`; did you mean `token`?
f.yaml:7:46: ${saved.nam}: no `set` keeps that; did you mean `name`?
f.yaml:8:52: no `then` leads to the state `opn`; did you mean `open`?
f.yaml:9:46: ${boddy}: there is no `boddy`; did you mean `body`?
f.yaml:10:46: ${uuid.x}: `uuid` has no names
f.yaml:11:53: ${query}: of which? ${query.NAME}
f.yaml:12:46: the ${ has no }; for the characters themselves write $${
f.yaml:13:46: ${body.name}: a JSON pointer begins with /: ${body./name}
f.yaml:14:46: ${path.id}: the rule's path has no {} of that name
E
double: x
values: { token: t }
rules:
  - { request: { path: "/a/{id}" }, of: "${path.idd}", answer: { text: "${path.id}" } }
  - { request: { path: /a }, answer: { text: "${value.tokn}" } }
  - { request: { path: /b }, answer: { then: { state: open, set: { name: n } } } }
  - { request: { path: /c }, answer: { text: "${saved.nam}" } }
  - { request: { path: /c }, when: { state: [open, opn] }, answer: { text: "${saved.name}" } }
  - { request: { path: /d }, answer: { text: "${boddy}" } }
  - { request: { path: /d }, answer: { text: "${uuid.x}" } }
  - { request: { path: /d }, answer: { body: { a: [ "${query}" ] } } }
  - { request: { path: /d }, answer: { text: "${method" } }
  - { request: { path: /d }, answer: { text: "${body.name}" } }
  - { request: { path: /d }, answer: { text: "${path.id}" } }
Y
wrong <<'E' 3<<'Y'
f.yaml:3:24: a request has a `path` that begins with /; what follows a ? is asked by `query`
f.yaml:3:47: `status` has to be a whole number from 200 to 599
f.yaml:4:24: a request has a `path` that begins with /; what follows a ? is asked by `query`
f.yaml:4:54: `status` has to be a whole number from 200 to 599
f.yaml:5:36: `get` is no method: they are written in capitals
f.yaml:5:60: `delay` has to be a time with its unit, at most 10m: 200ms, 2s
f.yaml:6:43: `method` has to be a name, or a list of them
f.yaml:6:70: `delay` has to be a time with its unit, at most 10m: 200ms, 2s
f.yaml:7:36: a body is asked by JSON pointers: /n
f.yaml:7:64: `slow` wants `every`: slow: {bytes: 1, every: 100ms}
f.yaml:7:71: `bytes` has to be a whole number from 1 to 16777216
f.yaml:8:41: this has to be a text, or a condition: {like: "*"}
f.yaml:8:74: `every` has to be a time with its unit, at most 10m: 200ms, 2s
f.yaml:9:42: a condition has no `lik`; did you mean `like`?
f.yaml:9:82: an answer has a `body`, which is JSON, or a `text`, not both
f.yaml:10:44: a condition is one of {is: ...}, {not: ...}, {like: ...}, {present: true}
f.yaml:10:80: `cut` has to be a whole number from 0 to 1099511627776
f.yaml:11:53: `present` has to be true or false
f.yaml:11:82: `length` has to be a whole number from 0 to 1099511627776
f.yaml:12:47: `reset` can only be true
f.yaml:13:51: `a b` can't be the name of a header
f.yaml:13:61: the double counts by itself; `length` says a wrong one
f.yaml:14:7: a rule has an `answer`, or a list of `answers`, the last of which stays
f.yaml:15:7: a rule has an `answer`, or a list of `answers`, the last of which stays
f.yaml:16:30: an answer has to be a map
f.yaml:17:50: `then` has no `stat`; did you mean `state`?
E
double: x
rules:
  - { request: { path: d }, answer: { status: 99 } }
  - { request: { path: "/d?x=1" }, answer: { status: "two" } }
  - { request: { path: /d, method: get }, answer: { delay: 3 } }
  - { request: { path: /d, method: [GET, [POST]] }, answer: { delay: 11m } }
  - { request: { path: /d, body: { n: 3 } }, answer: { slow: { bytes: 0 } } }
  - { request: { path: /d, query: { n: [3] } }, answer: { slow: { every: 1 s } } }
  - { request: { path: /d, query: { n: { lik: 3 } } }, answer: { body: {}, text: x } }
  - { request: { path: /d, headers: { n: { is: 3, not: 4 } } }, answer: { cut: -1 } }
  - { request: { path: /d, headers: { n: { present: yes } } }, answer: { length: nine } }
  - { request: { path: /d }, answer: { reset: false } }
  - { request: { path: /d }, answer: { headers: { "a b": x, Content-Length: 3 } } }
  - { request: { path: /d }, answers: [] }
  - { request: { path: /d }, answer: {}, answers: [{}] }
  - { request: { path: /d }, answer: [] }
  - { request: { path: /d }, answer: {}, then: { stat: x } }
Y
wrong <<'E' 3<<'Y'
f.yaml:1:1: `double` is its name
f.yaml:2:10: a double has a list of `rules`
E
summary: no name
rules: { a: b }
Y
wrong <<'E' 3<<'Y'
f.yaml:2:36: `secret` has to be true or false
f.yaml:2:45: `b` has no default, and no value was given for it
f.yaml:2:71: a value has no `defalt`; did you mean `default`?
f.yaml:2:66: `c` has no default, and no value was given for it
E
double: x
values: { a: { default: x, secret: maybe }, b: { secret: true }, c: { defalt: x } }
rules:
  - { request: { path: /a }, answer: { text: x } }
Y
wrong <<'E' 3<<'Y'
f.yaml:2:1: double stands here twice
f.yaml:5:25: an alias: write the value out
E
double: x
double: y
rules:
  - request: { path: /a }
    answer: &a { text: *a }
Y
wrong <<'E' 3<<'Y'
f.yaml:3:3: did not find expected node content
E
double: x
rules: [
  - b
Y
wrong <<'E' 3</dev/null
f.yaml:1:1: there is nothing in it
E

# Values from the command line.
"$bin/muster-double" --check --value keey=x "$plugins/shop.yaml" >actual 2>&1
is "the status" 1 $?
is "a value that the file has not" "$plugins/shop.yaml:1:1: the value \"keey\" was given, and \`values\` has no such name; did you mean \`key\`?" "$(cat actual)"

# A file that is good, and what is no file.
"$bin/muster-double" --check "$plugins/shop.yaml" || fail "a good file is refused"
"$bin/muster-double" --check "$plugins" >actual 2>&1 && fail "a folder is taken"
grep -q 'it is not a regular file' actual || fail "a folder: $(cat actual)"
"$bin/muster-double" --check nothing.yaml >actual 2>&1 && fail "no file is taken"
grep -q 'nothing.yaml: No such file' actual || fail "no file: $(cat actual)"
for bad in --port=70000 --port=x --folder --nonsense; do
    "$bin/muster-double" $bad "$plugins/shop.yaml" >actual 2>&1
    is "the status of $bad" 4 $?
done
"$bin/muster-double" >actual 2>&1
is "the status without a file" 4 $?
"$bin/muster-double" --help | grep -q '^usage: muster-double' || fail "no help"
finish
