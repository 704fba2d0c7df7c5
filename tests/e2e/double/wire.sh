#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# muster-double on the wire: what it matches and answers, and how it breaks off.
. "$(dirname "$0")/../run/lib.sh"
needs curl

start_double() {
    mkdir -p "$work/record"
    rm -f "$work/greeting"
    "$bin/muster-double" --folder "$work/record" "$@" "$plugins/shop.yaml" >"$work/greeting" 2>"$work/said" &
    double=$!
    until [ -s "$work/greeting" ]; do
        kill -0 $double || { echo "it did not start: $(cat "$work/said")" && exit 1; }
        sleep 0.02 # there is no event for the first line of another process's file
    done
    url=$(jq -r .url "$work/greeting")
    control=$(jq -r .control "$work/greeting")
}

# ask PATH [CURL ARGUMENT...]: body in $work/body, status, curl's own status in $ended.
ask() {
    path=$1
    shift
    got=$(curl -sS -m 60 -o "$work/body" -D "$work/head" -w '%{http_code} %{time_total}' "$@" "$url$path" 2>"$work/why")
    ended=$?
    took=${got#* }
    got=${got%% *}
}

body() {
    is "$1" "$2" "$(cat "$work/body")"
}

start_double
grep -q '"values":\["key","region"\],"secrets":\["key"\]' "$work/greeting" || fail "greeting: $(cat "$work/greeting")"

# ---- how answers break off ----
ask /cut
is "curl at a half answer" "18 200" "$ended $got"
body "half an answer" '{"a":'
grep -qi '^Content-Length: 17' "$work/head" || fail "the length of a half answer: $(cat "$work/head")"
ask /reset
is "curl at a reset" "56 000" "$ended $got"
grep -q 'reset by peer' "$work/why" || fail "a reset: $(cat "$work/why")"
ask /reset-late
is "curl at a late reset" "56 200" "$ended $got"
body "before the reset" 0123
ask /slow
is "curl at a slow answer" "0 200" "$ended $got"
body "a slow answer" 0123456789
awk "BEGIN { exit !($took >= 0.3) }" || fail "a slow answer took $took s"
ask /long
is "curl at too long a length" 18 $ended
body "all there is" 0123456789
ask /short
is "curl at too short a length" 0 $ended
body "what the length says" 0123
ask /without
is "curl without a length" 0 $ended
body "until the end" 0123456789
! grep -qi '^Content-Length' "$work/head" || fail "there is a length"
ask /late
body "a late answer" ok
awk "BEGIN { exit !($took >= 0.3) }" || fail "a late answer took $took s"
printf 'HEAD /slow HTTP/1.1\r\nHost: x\r\n\r\n' | curl -sS -m 60 "telnet://${url#http://}" | tr -d '\r' >"$work/head"
grep -q '^Content-Length: 10$' "$work/head" || fail "HEAD of a slow answer: $(cat "$work/head")"
is "what is behind the head" "" "$(sed '1,/^$/d' "$work/head")"

# ---- what is matched, and with what it is answered ----
json='{"n":3,"o":{"x":[1]},"kind":"b2","password":"hush-hush"}'
ask '/echo/a%2Fb/c?q=abc' -H 'X-T: 7' -d "$json"
is "an echo" 201 "$got"
grep -q '^Location: /echo/a/b' "$work/head" || fail "its head: $(cat "$work/head")"
grep -q '^X-Shop: eu' "$work/head" || fail "the header of all answers: $(cat "$work/head")"
is "its values" '["a/b",3,3,"n=3 ${x}","7","abc","POST /echo/a%2Fb/c",[1,2.5,true,null,"1"],null]' \
    "$(jq -c '[.id, .n, .all.n, .text, .head, .query, .what, .fixed, .missing]' "$work/body")"
ask '/echo/1/c?q=abc' -H 'X-T: 7' -H 'Transfer-Encoding: chunked' -X PUT -d "$json"
is "a body in chunks" 201 "$got"

# One thing each is not as the rule has it.
refused() {
    what=$1
    shift
    ask "$@"
    is "$what" 404 "$got"
}
refused "another method" '/echo/1/c?q=abc' -H 'X-T: 7' -X PATCH -d "$json"
refused "a longer path" '/echo/1/c/d?q=abc' -H 'X-T: 7' -d "$json"
refused "a shorter path" '/echo/1?q=abc' -H 'X-T: 7' -d "$json"
refused "an empty part" '/echo//c?q=abc' -H 'X-T: 7' -d "$json"
refused "another query" '/echo/1/c?q=bcd' -H 'X-T: 7' -d "$json"
refused "no query" '/echo/1/c' -H 'X-T: 7' -d "$json"
refused "no header" '/echo/1/c?q=abc' -d "$json"
refused "a header that must not be there" '/echo/1/c?q=abc' -H 'X-T: 7' -H 'X-Not: 1' -d "$json"
refused "a header with a value that it must not have" '/echo/1/c?q=abc' -H 'X-T: 7' -H 'X-Mode: silent' -d "$json"
refused "a text for a number" '/echo/1/c?q=abc' -H 'X-T: 7' -d '{"n":"3","o":{"x":[1]},"kind":"b2"}'
refused "another object" '/echo/1/c?q=abc' -H 'X-T: 7' -d '{"n":3,"o":{"x":[2]},"kind":"b2"}'
refused "a text that is not like it" '/echo/1/c?q=abc' -H 'X-T: 7' -d '{"n":3,"o":{"x":[1]},"kind":"b22"}'
refused "what is not JSON" '/echo/1/c?q=abc' -H 'X-T: 7' -d 'n=3'
grep -q 'the double shop has no rule for POST /echo/1/c' "$work/body" || fail "what is told: $(cat "$work/body")"

ask /ids
is "uuids" "true true" "$(jq -r '"\(.one != .two) \(.same[0] == .same[1])"' "$work/body")"
jq -r .one "$work/body" | grep -qE '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' || fail "no uuid"
turns=
for who in a a b a a b; do
    ask "/turns/$who"
    turns="$turns$who $got $(cat "$work/body"); "
done
is "answers in turn" "a 200 one 1; a 503 ; b 200 one 1; a 200 last 3; a 200 last 4; b 503 ; " "$turns"
ask /files/a/b/c
is "the rest of a path" 200 "$got"
ask /orders -d '{"item":"tea"}'
id=$(jq -r .id "$work/body")
ask "/orders/$id"
body "an order" '{"item":"tea","state":"open"}'
refused "no order" /orders/other
ask "/orders/$id" -X DELETE
is "deleted" 204 "$got"
ask "/orders/$id"
is "gone" 410 "$got"
ask "/orders/$id" -X DELETE
is "deleted again" 404 "$got"

# ---- what is recorded ----
record=$work/record/requests.jsonl
is "its mode" 600 "$(stat -c %a "$record")"
ask "/key?token=hush-hush" -H 'Authorization: Bearer hush-hush' -H 'Cookie: a=hush-hush' -H 'X-More: 1' -H 'X-More: 2' \
    -d 'user=me&password=hush-hush'
last=$(tail -n 1 "$record")
is "a request" 'POST /key {"token":"***"} *** *** 1, 2 user=me&password=*** 404 null false' "$(echo "$last" |
    jq -r '"\(.method) \(.path) \(.query) \(.headers.Authorization) \(.headers.Cookie) \(.headers["X-More"]) \(.body) \(.status) \(.rule) \(.expected)"')"
! grep -q hush-hush "$record" || fail "a secret is recorded: $(grep hush-hush "$record")"
is "numbers" "$(wc -l <"$record")" "$(tail -n 1 "$record" | jq .n)"
is "rules" "echo line 10" "$(jq -rs '[(map(select(.path == "/echo/a%2Fb/c"))[0].rule), (map(select(.path == "/reset"))[0].rule)] | join(" ")' "$record")"
secret=$(curl -sS "$control/values/key" | jq -r .secret)
ask /key -H "X-Key: $secret"
body "the value of this run" welcome
! grep -q "$secret" "$record" "$work/greeting" || fail "the secret value is recorded"
curl -sS "$control/doubles/shared/requests?after=$(($(wc -l <"$record") - 1))" | jq -c '.requests[]' >"$work/asked"
tail -n 1 "$record" | cmp -s - "$work/asked" || fail "asked: $(cat "$work/asked")"

# ---- doubles of one's own, and mistakes of who asks ----
own=$(curl -sS -X PUT "$control/doubles/mine" | jq -r .url)
is "another one of that name" 409 "$(curl -sS -o /dev/null -w '%{http_code}' -X PUT "$control/doubles/mine")"
is "its turn" "one 1" "$(curl -sS "$own/turns/a")"
is "its record" 1 "$(wc -l <"$work/record/requests-mine.jsonl")"
curl -sS -m 60 "$own/very-late" >"$work/body" 2>"$work/why" &
waiting=$!
until [ "$(wc -l <"$work/record/requests-mine.jsonl")" = 2 ]; do sleep 0.02; done
is "the end of one" 204 "$(curl -sS -m 30 -o /dev/null -w '%{http_code}' -X DELETE "$control/doubles/mine")"
! wait $waiting || fail "an answer of one that was ended: $(cat "$work/body")"
is "what has ended" 404 "$(curl -sS -o /dev/null -w '%{http_code}' "$control/doubles/mine")"
is "the shared one" 409 "$(curl -sS -o /dev/null -w '%{http_code}' -X DELETE "$control/doubles/shared")"
is "a name that is a path" 422 "$(curl -sS -o /dev/null -w '%{http_code}' -X PUT "$control/doubles/A..")"
head -c 17000000 /dev/zero >"$work/large"
ask /key --data-binary "@$work/large" -H 'Expect:'
is "too large a body" 413 "$got"

# It ends when it is told to, whatever is being answered.
count=$(wc -l <"$record")
curl -sS -m 60 "$url/very-late" >"$work/body" 2>"$work/why" &
waiting=$!
until [ "$(wc -l <"$record")" -gt "$count" ]; do sleep 0.02; done
kill $double
wait $double
is "its end" 0 $?
! wait $waiting || fail "an answer of what was ended: $(cat "$work/body")"
[ ! -s "$work/said" ] || fail "it complained: $(cat "$work/said")"

start_double --value key=hush-hush --value region=us
is "a value that was given" "us" "$(curl -sS -D - -o /dev/null "$url/ids" | sed -n 's/^X-Shop: //p' | tr -d '\r')"
port=${url##*:}
"$bin/muster-double" --folder "$work/record" --port "$port" "$plugins/shop.yaml" >"$work/second" 2>"$work/said" &&
    fail "two at one port"
grep -q "muster-double: 127.0.0.1 port $port, .*: Address already in use" "$work/said" || fail "a taken port: $(cat "$work/said")"
kill $double
wait $double
finish
