#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The guide's first scenario as it stands there, with a mistake in it, and with a slip: first.sh BIN PLUGINS PAGE
set -eu
muster=$1/muster shipped=$2 page=$3
command -v python3 >/dev/null || exit 77
# shellcheck source=tests/e2e/target/lib.sh
. "$(dirname "$0")/../target/lib.sh"

awk '/^```yaml/ { on = 1; next } /^```/ { exit } on' <"$page" >hello.yaml
has "$page" "# hello.yaml"
run 0 hello.yaml
has said "hello.the_server_answers"

cp hello.yaml right.yaml
sed 's|/status: 200|/status: 201|' right.yaml >hello.yaml
run 1 hello.yaml
for line in 'hello.yaml:10: check failed: http: /status == 201' 'actual: 200' 'answered 200, text/html, <h1>It works</h1>'; do
    has said "$line"
    has "$page" "$line"
done

sed 's|- http:|- htp:|' right.yaml >hello.yaml
run 6 hello.yaml
line='hello.yaml:9:9: unknown step htp; did you mean http?'
has said "$line"
has "$page" "$line"
exit $fails
