#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --coverage: what scenarios and services ran of the product's code, line by line, whoever compiled it; and what is said
# when there is nothing to tell, or nobody to tell it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
needs gcovr
needs gcc
sources=$(dirname "$0")/covered
sdk=$(cd "$(dirname "$0")/../../../sdk/include" && pwd)
plugin=e2e.covered

# built FOLDER COMPILER FLAG...: the product and its scenarios, in a tree of their own. Scenarios are not the product.
built() {
    shop=$work/$1
    cc="$2 -g -O0 -fPIC"
    shift 2
    mkdir -p "$shop/src" "$shop/obj"
    cp "$sources"/*.c "$sources"/*.h "$shop/src/"
    (cd "$shop" && $cc "$@" -c src/price.c -o obj/price.o && $cc "$@" -c src/server.c -o obj/server.o &&
        $cc -I"$sdk" -c src/scenarios.c -o obj/scenarios.o &&
        $cc -shared "$@" obj/price.o obj/scenarios.o -o shop.so && $cc "$@" obj/server.o -o server) ||
        fail "building with $cc $*"
    work_so=$shop/shop.so
}

# covers STATUS ARGUMENT...: a run in the tree.
covers() {
    want=$1
    shift
    (cd "$shop" && TMPDIR=$work/tmp "$bin/muster" run "$work_so" --out "$out" --set "server=$shop/server" "$@") \
        >"$work/console" 2>"$work/complaints" </dev/null
    status=$?
    [ "$status" -eq "$want" ] || fail "run $*: status $status, not $want"
}

# hits FILE LINE: how often the XML says that it was run.
hits() {
    xmllint --xpath "string(//class[@filename='src/$1']//line[@number='$2']/@hits)" "$run/${3:-coverage}/cobertura.xml" 2>/dev/null
}

# The lines of what was asked, of what was not, and of the service.
counts_are_right() {
    is "$1: price()" 1 "$(hits price.c 9)"
    is "$1: a branch that was not taken" 0 "$(hits price.c 8)"
    is "$1: never_asked()" 0 "$(hits price.c 14)"
    is "$1: the server's answer()" 1 "$(hits server.c 7)"
    is "$1: never_called()" 0 "$(hits server.c 12)"
    is "$1: scenarios are not the product" "" "$(hits scenarios.c 43)"
    [ -s "$run/coverage/html/index.html" ] || fail "$1: no HTML"
    grep -q "coverage: [0-9.]* % of [0-9]* lines" "$work/console" || fail "$1: the console does not say how much"
    grep -q "coverage/cobertura.xml, coverage/html/index.html" "$work/console" || fail "$1: the console does not say where"
    tar -tf "$run/bundle.tar.zst" | grep -q "coverage/cobertura.xml" || fail "$1: the bundle lacks the XML"
    muster verify "$run/bundle.tar.zst" || fail "$1: the bundle is not whole"
    [ ! -e "$run/coverage/counters" ] || fail "$1: the counters are still there"
    [ -z "$(find "$shop" -name '*.gcda' -o -name '*.profraw')" ] || fail "$1: counters in the tree"
}

built gcc gcc --coverage
covers 0 -m 'not killed' --coverage
counts_are_right gcc

# An attempt that is killed writes nothing; what others wrote still counts.
covers 1 --coverage
is "a killed attempt" 0 "$(hits price.c 14)"
is "the other one" 1 "$(hits price.c 9)"

# The objects have gone elsewhere since.
mkdir -p "$work/kept"
mv "$shop/obj" "$work/kept/obj"
covers 3 -m 'not killed' --coverage
grep -q "no .gcno is there for .*/obj/.*--coverage=FOLDER" "$work/complaints" || fail "not said where the objects are sought"
[ -n "$(find "$run/coverage/counters" -name '*.gcda')" ] || fail "the counters of a failed collection are gone"
covers 0 -m 'not killed' --coverage="$work/kept"
counts_are_right moved

# A collector that fails: its words are kept.
mkdir "$work/broken"
printf '#!/bin/sh\necho it is broken >&2\nexit 4\n' >"$work/broken/gcovr"
chmod +x "$work/broken/gcovr"
PATH=$work/broken:$PATH covers 3 -m 'not killed' --coverage="$work/kept"
grep -q "gcovr exited with status 4: see .*/coverage/collector.log" "$work/complaints" || fail "how it failed is not said"
grep -q "it is broken" "$run/coverage/collector.log" || fail "its words are lost"

# One that does not end: ^C ends it, and the run.
cat >"$work/broken/gcovr" <<X
#!/bin/sh
: >"$work/collecting"
exec tail -f /dev/null
X
(cd "$shop" && PATH=$work/broken:$PATH TMPDIR=$work/tmp exec "$bin/muster" run "$work_so" --out "$out" \
    --set "server=$shop/server" -m 'not killed' --coverage="$work/kept") >"$work/console" 2>"$work/complaints" </dev/null &
runner=$!
until_ok [ -e "$work/collecting" ] || fail "the collector was not called"
kill -INT "$runner"
ended 2
grep -q "gcovr was ended by SIGINT" "$work/console" || fail "what was ended is not said"
[ -n "$(find "$run/coverage/counters" -name '*.gcda')" ] || fail "the counters of an interrupted collection are gone"

# None at all: said before anything runs.
mkdir "$work/empty"
rm -rf "$out"
PATH=$work/empty covers 4 --coverage
grep -q "no collector is installed.*apt-get install gcovr" "$work/complaints" || fail "what to install is not said"
[ ! -e "$run" ] || fail "it was run all the same"
rm -rf "$out"
covers 0 --coverage --dry-run
covers 4 --coverage -m '('
[ ! -e "$out" ] || [ -z "$(ls "$out")" ] || fail "a run that did not begin has left $(ls "$out")"
covers 4 --coverage=/no/such
grep -q -e "--coverage=/no/such: No such file" "$work/complaints" || fail "a folder that is not there"

# A product that was not built for it, and sources that are elsewhere.
built plain gcc
covers 0 -m 'not killed' --coverage
grep -q "nothing that ran has written counters: build the product" "$work/console" || fail "no data, and not said"
[ ! -e "$run/coverage" ] || fail "a folder without anything in it"
built gcc gcc --coverage
cp "$shop/server" "$work/empty/server"
shop=$work/empty covers 0 -m 'not killed' --coverage
grep -q "none of the sources that counters tell of is below .*/empty" "$work/console" || fail "sources elsewhere, and not said"

# clang, in both ways.
if command -v clang >/dev/null && command -v llvm-cov >/dev/null; then
    built clang clang --coverage
    covers 0 -m 'not killed' --coverage
    counts_are_right clang
    built mapped clang -fprofile-instr-generate -fcoverage-mapping
    covers 0 -m 'not killed' --coverage=.
    counts_are_right mapped
    xmllint --noout "$run/coverage/cobertura.xml" || fail "that is no XML"
fi
nothing_left
finish
