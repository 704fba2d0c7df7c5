#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Secrets: by whatever way one gets out, nothing that a run shows or keeps has it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

token='tok/en-"4711"<&>'
printf '%s\n' "$token" >"$work/token"
printf '#!/bin/sh\necho "%s"\n' 'from-a-program' >"$work/program"
chmod +x "$work/program"

# holds_none TEXT: no file of the run, no member of its bundle, not the console.
holds_none() {
    for spelling in "$1" "$(printf %s "$1" | base64 -w0)" "$(printf %s "$1" | xxd -p | tr -d '\n')" \
        "$(printf %s "$1" | jq -Rr @json | sed 's/^"//;s/"$//')" "$(printf %s "$1" | jq -Rr @html)"; do
        found=$(grep -rlaF -e "$spelling" "$(readlink -f "$run")" "$work/console" "$work/complaints")
        [ -z "$found" ] || fail "$spelling is in $found"
    done
}

run 1 e2e.work.tells_its_token --secret token=file:"$work/token" --verbose
holds_none "$token"
attempt=$run/cases/e2e.work.tells_its_token/attempt-1
is stdout "the token is [secret token], and that is all" "$(cat "$attempt/stdout.log")"
is "stderr" '{"token":"[secret token]"}' "$(cat "$attempt/stderr.log")"
is "what was attached" "authorization: Bearer $(printf '%s' "$token" | tr -c '\n' '*')" "$(cat "$attempt/files/request.txt")"
is "what was left there" "authorization: Bearer $(printf '%s' "$token" | tr -c '\n' '*')" "$(cat "$attempt/files/by-hand.bin")"
is "a log" "logged in by [secret token]" "$(query 'first(.[] | select(.type == "attempt.log") | .text)')"
is "the reason" "token == \"something else\"" "$(query '.[] | select(.type == "attempt.ended") | .reason')"
is "the other reason" "it stopped in its body: the token [secret token] was not taken" "$(query 'last(.[] | select(.type == "attempt.log") | .text)')"
is "a step" "[secret token]" "$(query 'first(.[] | select(.type == "attempt.step") | .name)')"
is "a value" '[secret token]' "$(query '.[] | select(.type == "attempt.check") | .actual')"
says "Hidden secrets in 2 artifacts"
muster verify "$run" || fail "the run is not whole: $(cat "$work/console" "$work/complaints")"
nothing_left
for verb in show "show tells_its_token" "show tells_its_token --json" "show tells_its_token/1" explain "replay -vv" "compare latest"; do
    # shellcheck disable=SC2086 # words
    muster $verb --out "$out" || fail "$verb: status $?: $(cat "$work/complaints")"
    holds_none "$token"
done

# By the environment, by a program, by a file of settings; and without a secret everything is as it was.
TOKEN=of-the-environment run 1 e2e.work.tells_its_token --secret token=env:TOKEN
holds_none of-the-environment
run 1 e2e.work.tells_its_token --secret token="exec:$work/program"
holds_none from-a-program
printf 'run:\n  secret: {token: "file:%s"}\n' "$work/token" >"$work/muster.yaml"
run 1 e2e.work.tells_its_token --config "$work/muster.yaml"
holds_none "$token"
run 1 e2e.work.tells_its_token --set token="not a secret"
grep -q "the token is not a secret, and" "$attempt/stdout.log" || fail "what is no secret is hidden"

# What a target file calls a secret is one, however it is set.
cat >"$work/some.target.yaml" <<'END'
target: some
values: {url: {default: "http://127.0.0.1:1"}, token: {secret: true}}
http: {base: "${url}"}
operations:
  thing.get: {request: {path: /thing}}
END
run 1 e2e.work.tells_its_token --target "$work/some.target.yaml" --set token=@"$work/token"
holds_none "$token"

# One that a crash names: the reason, the console, the reports.
run 1 e2e.work.has_one_in_a_crash --secret token=file:"$work/token"
holds_none "$token"

# A scenario's own; one that is too short is told of, and shown.
run 0 e2e.work.makes_a_secret
is "its own" "[secret made]
1234 is shown" "$(cat "$run/cases/e2e.work.makes_a_secret/attempt-1/stdout.log")"
is "too short" "the secret pin has 4 bytes: one with less than 8 stands in too much else, and is shown like anything" \
    "$(query '.[] | select(.type == "attempt.log") | .text')"

# Nothing passes on what holds one where none may be: a name can't be changed.
run 3 'e2e.work.passes' --repeat 2 --secret token="exec:echo e2e.work.passes"
complains "holds the secret token"
[ ! -e "$run/bundle.tar.zst" ] || fail "there is a bundle all the same"

# Mistakes.
run 4 e2e.work.passes --secret token=plain-text
complains "--secret takes KEY=env:NAME, KEY=file:PATH or KEY=exec:PROGRAM"
run 4 e2e.work.passes --secret token=env:NOT_THERE
complains "the environment has no NOT_THERE"
run 4 e2e.work.passes --secret token=file:/not/there
complains "No such file"
run 4 e2e.work.passes --secret token=exec:false
complains "false exited with status 1"
run 4 e2e.work.passes --secret token=exec:/not/there
complains "starting /not/there: No such file"
run 0 e2e.work.passes --secret token="exec:echo short"
complains "the secret token has 5 bytes"
finish
