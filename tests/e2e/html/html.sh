#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# html.sh BIN PLUGINS SERVICE MAKE_RUN: report.html of a small and of a large run, read by people with a real browser.
# shellcheck source=../run/lib.sh
. "$(dirname "$0")/../run/lib.sh"
needs chromium
needs chromedriver
service=$3
make_run=$4
work_so=$plugins/readers.so
plugin=e2e.readers

# made NAME CASES FAILURES: a run's folder of that name, with its report.
made() {
    mkdir "$dir/$1"
    "$make_run" "$dir/$1" "$2" "$3" || fail "$1 could not be made"
    muster report --format html "$dir/$1" || fail "no report of $1"
    cp "$work/console" "$dir/$1/report.html"
}

made small 50 5
made large 10000 200

# What a browser must have before it shows anything: all up to the end of the script.
initial=$(grep -abo '^</script>$\|})();$' "$dir/large/report.html" | tail -n 1 | cut -d: -f1)
[ "$initial" -lt 3000000 ] || fail "the page's first part has $initial bytes"

run 0 "$service" -j2 'e2e.readers.*'
nothing_left
finish
