#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# building.sh BUILD-DIR: what an outside team says to CMake and to pkg-config: data beside the plugin, installing, debug
# information, each kit by itself, and what is said of mistakes.
. "$(dirname "$0")/common.sh"
build=$1
cd "$work"
cmake --install "$build" --component sdk --prefix "$work/prefix" >install.log 2>&1 || fail "install: $(cat install.log)"
pc=$(dirname "$(find "$work/prefix" -name muster.pc)")
kits=$(cd "$pc" && printf '%s\n' muster-*.pc | sed 's/^muster-//; s/\.pc$//' | grep -vx sdk)
# shellcheck disable=SC2086,SC2116
[ "$(echo $kits)" = "auth browser container data dns double evidence factory http json load mail monitor pages parallel process sql target wait ws" ] || fail "the kits with a file for pkg-config: $kits"

configure() # DIR [CMAKE ARGUMENT...]: the project in DIR, whose CMakeLists.txt has its last lines on standard input
{
    where=$1
    shift
    { printf 'cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES C)\nfind_package(muster REQUIRED)\n' && cat; } \
        >"$where/CMakeLists.txt"
    cmake -S "$where" -B "$where/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_FLAGS="$ABI_CFLAGS" "$@" \
        >"$where.log" 2>&1
}

says() # DIR TEXT: as one line, since CMake breaks them
{
    tr -s ' \n' ' ' <"$1.log" | grep -qF "$2" || fail "$1 does not say \"$2\" but: $(cat "$1.log")"
}

plugin() # FILE [HEADER BODY]
{
    printf '#include <muster/muster.h>\n#include <%s>\nSCENARIO(one) { CHECK(1); %s }\nMUSTER_PLUGIN("acme.p", "1")\n' \
        "${2:-stddef.h}" "${3:-}" >"$1"
}

# Data: copied and copied again, a folder as a whole, and installed with its plugin.
mkdir -p data/tables/deep
plugin data/plugin.c
echo one >data/tables/plans.csv
echo two >data/tables/deep/more.csv
echo three >data/top.txt
configure data <<'X' || fail "a plugin with data: $(cat data.log)"
muster_add_plugin(NAME shop SOURCES plugin.c DATA tables top.txt DESTINATION lib/shop)
X
cmake --build data/build >>data.log 2>&1 || fail "a plugin with data: $(cat data.log)"
[ "$(cat data/build/plugins/tables/deep/more.csv data/build/plugins/top.txt)" = "two
three" ] || fail "the data beside the plugin: $(find data/build/plugins)"
echo changed >data/tables/plans.csv
echo new >data/tables/new.csv
cmake --build data/build >>data.log 2>&1
[ "$(cat data/build/plugins/tables/plans.csv data/build/plugins/tables/new.csv)" = "changed
new" ] || fail "changed data: $(find data/build/plugins)"
cmake --install data/build --prefix "$work/installed" >>data.log 2>&1 || fail "installing: $(cat data.log)"
(cd installed && find . -type f | LC_ALL=C sort) >installed.actual
printf './lib/shop/%s\n' shop.so tables/deep/more.csv tables/new.csv tables/plans.csv top.txt >installed.expected
same installed.expected installed.actual "what is installed"

# Without being asked for, a crash has lines; who asks for something else has that.
readelf -S data/build/plugins/shop.so | grep -q '\.debug_info' || fail "a plugin has no debug information"
mkdir bare
plugin bare/plugin.c
configure bare -DCMAKE_C_FLAGS="$ABI_CFLAGS -g0" <<'X'
muster_add_plugin(NAME bare SOURCES plugin.c)
X
cmake --build bare/build >>bare.log 2>&1 || fail "without debug information: $(cat bare.log)"
! readelf -S bare/build/plugins/bare.so | grep -q '\.debug_info' || fail "-g0 has debug information"

# Mistakes, and what is said of them.
mkdir wrong
plugin wrong/plugin.c
configure wrong <<'X' && fail "a kit that is none was taken"
muster_add_plugin(NAME wrong SOURCES plugin.c KITS htpp)
X
says wrong 'no kit `htpp`; there are auth, browser, container, data, dns, double, evidence, factory, http, json, load, mail, monitor, pages, parallel, process, sql, target, wait, ws'
for file in missing.csv ../data/top.txt /etc/hosts; do
    echo "muster_add_plugin(NAME wrong SOURCES plugin.c DATA $file)" | configure wrong && fail "DATA $file was taken"
    says wrong "DATA: there is no \`$file\` in or below"
done

# A kit whose own needs are not here is missing for those alone who name it.
mkdir poor
plugin poor/plugin.c
nothing=$work/no-packages
mkdir "$nothing"
without() # KITS
{
    rm -rf poor/build
    echo "muster_add_plugin(NAME poor SOURCES plugin.c KITS $1)" |
        PKG_CONFIG_LIBDIR=$nothing PKG_CONFIG_PATH=$nothing configure poor
}
without "data factory http load monitor parallel process sql wait ws" || fail "the other kits need jansson: $(cat poor.log)"
cmake --build poor/build >>poor.log 2>&1 || fail "the other kits need jansson: $(cat poor.log)"
without "data json" && fail "the kit json goes without jansson"
says poor 'the kit `json` needs jansson, which pkg-config does not find'
for kit in auth browser container; do
    without "$kit" && fail "the kit $kit goes without jansson"
    says poor "the kit \`$kit\` needs jansson, which pkg-config does not find"
done
without dns && fail "the kit dns goes without c-ares"
says poor 'the kit `dns` needs libcares, which pkg-config does not find'

# pkg-config, each kit as the only one that is named, and all of them.
PKG_CONFIG_PATH=$pc
export PKG_CONFIG_PATH
compile() # NAME PACKAGE...
{
    name=$1
    shift
    # shellcheck disable=SC2046,SC2086
    cc $ABI_CFLAGS -shared -fPIC $(pkg-config --cflags "$@") -o "$name.so" "$name.c" $(pkg-config --libs "$@") 2>"$name.log" ||
        fail "$*: $(cat "$name.log")"
    exports "$name.so" >exports.actual
    [ "$(cat exports.actual)" = muster_plugin_v1 ] || fail "$*: it exports $(cat exports.actual)"
    "$ABI_LOADER" --run "./$name.so" >loader.log 2>&1 || fail "$*: $(cat loader.log)"
}
calls='auth:m_jwt_make(t, "{}", m_key_make(t, "HS256"), NULL)
browser:m_visit(m_browser_open(t, NULL), "/")
container:m_container_start(m_container_find(m_engine_open(t, NULL), "x"))
data:m_unique(t, "x")
dns:m_dns_open(t, "x")
double:m_double_own(t, "x")
evidence:m_shown(t, "x", 1, 1)
http:m_get(m_http_open(t, "http://x", NULL), "/")
json:m_json_parse(t, "")
mail:m_mail_open(t, "x")
parallel:m_barrier(t)
process:M_PROCESS(t, .argv = ARGV("true"))
target:DO(m_login(t, NULL), "a.b", ARG("c", 1))
sql:M_SQL(m_sql_open(t, "sqlite::memory:", NULL), "SELECT $1", 1)
wait:m_now_ms()
ws:m_ws_send(m_ws_open(t, "ws://x", NULL), "")'
plugin plain.c
compile plain muster
compile plain muster-sdk
all=
for kit in $kits; do
    call=$(echo "$calls" | sed -n "s/^$kit://p")
    plugin "$kit.c" "muster/kit/$kit.h" "if (!m_attempt(t)) { $call; }"
    compile "$kit" "muster-$kit"
    all="$all muster-$kit"
done
# shellcheck disable=SC2086
compile plain muster $all
