#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# coverage_selftest.sh SOURCE BUILD: coverage.py notices each kind of mistake in docs/coverage/, and a page that is not theirs.
set -u
build=$2
here=$(dirname "$0")
work=$(mktemp -d "${TMPDIR:-/tmp}/muster-coverage.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/docs/coverage"
cat >"$work/docs/coverage/900.yaml" <<'X'
suite: "900"
title: Mistakes
rows_expected: 9
rows:
- {id: "900:1", item: good, state: works, tests: [e2e.docs.coverage]}
- {id: "900:2", item: unproven, state: works, options: [--jobs]}
- {id: "900:3", item: says nothing, state: partly}
- {id: "900:4", item: no scenario, state: works, scenarios: [audit.no_such_scenario]}
- {id: "900:5", item: no option, state: works, tests: [e2e.docs.coverage], options: [--no-such-option, 'cleanup --all']}
- {id: "900:7", item: no page, state: works, tests: [e2e.docs.coverage], pages: [docs/no-such-page.md]}
- {id: "900:6", item: no test, state: works, tests: [e2e.no.such.test]}
- {id: "900:8", item: a slip, state: works, test: [e2e.docs.coverage]}
- {id: "900:9", item: shown by its command line, state: works}
- {id: "900:10", item: says too much, state: works, tests: [e2e.docs.coverage], missing: nothing}
commands:
- {id: "900:9", theirs: theirs, ours: muster list}
- {id: "900:10", theirs: theirs}
X
printf 'stale\n' >"$work/docs/coverage.md"
said=$("$here/coverage.py" "$work" "$build")
case $? in
77) exit 77 ;;
0) echo "it finds nothing" && exit 1 ;;
esac
status=0
while read -r finding; do
    case $said in
    *"900.yaml: $finding"*) ;;
    *) echo "nothing is said: $finding" && status=1 ;;
    esac
done <<'X'
10 rows, and 9 are expected
900:6 does not come after 900:7
900:2: works, but no scenario, test or command line shows it
900:3: says what is missing if, and only if, it does not work
900:4: scenarios: there is no audit.no_such_scenario
900:5: options: there is no --no-such-option
900:7: pages: there is no docs/no-such-page.md
900:6: tests: there is no e2e.no.such.test
900:8: unknown keys ['test']
900:10: says what is missing if, and only if, it does not work
command 900:10:
X
case $said in
*"900:1: "* | *"900:9: "* | *"cleanup --all"*) echo "what is sound is named" && status=1 ;;
esac
case $said in
*"docs/coverage.md is not what"*) ;;
*) echo "nothing is said of the stale page" && status=1 ;;
esac
"$here/coverage.py" "$work" "$build" --write
"$here/coverage.py" "$work" "$build" | grep -q "docs/coverage.md" && echo "the written page is stale" && status=1
[ $status -eq 0 ] || echo "$said"
exit $status
