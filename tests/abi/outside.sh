#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# outside.sh BUILD-DIR: another team's view. The SDK is installed into a prefix, and that is moved; projects of their own
# build against it with find_package(muster), with a kit, and with pkg-config alone; the plugins export the entry only,
# and run.
. "$(dirname "$0")/common.sh"
build=$1
cd "$work"
cmake --install "$build" --component sdk --prefix "$work/staged" >install.log 2>&1 || fail "install: $(cat install.log)"
mv staged prefix
echo muster_plugin_v1 >exports.expected

brings() # PLUGIN SCENARIOS
{
    [ -f "$1" ] || fail "$1 was not built"
    exports "$1" >exports.actual
    same exports.expected exports.actual "$1 exports more than its entry"
    "$ABI_LOADER" --run "$1" >loader.actual 2>loader.log || fail "$1: $(cat loader.log)"
    [ "$(grep -c '^scenario ' loader.actual)" = "$2" ] || fail "$1: want $2 scenarios: $(cat loader.actual)"
    ! grep -qE '^(failed|error|crashed) ' loader.actual || fail "$1: $(cat loader.actual loader.log)"
}

project() # SOURCE-DIR NAME
{
    cmake -S "$1" -B "$2" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_FLAGS="$ABI_CFLAGS" \
        -DCMAKE_CXX_FLAGS="$ABI_CFLAGS" >"$2.log" 2>&1 && cmake --build "$2" >>"$2.log" 2>&1
}

# The templates, where an author finds them.
project prefix/share/muster/template/c with_c || fail "the C template: $(cat with_c.log)"
brings with_c/plugins/example.so 3
if command -v g++ >/dev/null; then
    project prefix/share/muster/template/cpp with_cpp || fail "the C++ template: $(cat with_cpp.log)"
    brings with_cpp/plugins/example_cpp.so 3
fi

mkdir kit
cat >kit/CMakeLists.txt <<'X'
cmake_minimum_required(VERSION 3.25)
project(kit LANGUAGES C)
find_package(muster REQUIRED)
muster_add_plugin(NAME kit SOURCES kit.c KITS http ws json sql OUTPUT_NAME acme-kit)
X
cat >kit/kit.c <<'X'
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/sql.h>
#include <muster/kit/ws.h>
#include <muster/muster.h>
SCENARIO(json_by_pointer)
{
    CHECK_JSON("{\"a\":[1,2]}", "/a/1", "2");
    if (!m_attempt(t))
        M_SQL(m_sql_open(t, "", NULL), "SELECT 1");
}
MUSTER_PLUGIN("acme.kit", "1")
X
project kit with_kit || fail "a plugin with kits: $(cat with_kit.log)"
brings with_kit/plugins/acme-kit.so 1
# What is heavy is loaded when it is first needed, and not mapped by every attempt.
readelf -d with_kit/plugins/acme-kit.so >needed
grep -q 'NEEDED.*libjansson' needed || fail "what a plugin with kits needs: $(cat needed)"
! grep -E 'NEEDED.*(libcurl|libssl|libcrypto|libpq|libsqlite3)' needed || fail "a plugin with the kits http, sql and ws needs them at load"

# Each kit alone, as the only one that is named.
mkdir kits
cat >kits/CMakeLists.txt <<'X'
cmake_minimum_required(VERSION 3.25)
project(kits LANGUAGES C)
find_package(muster REQUIRED)
X
alone() # KIT EXPRESSION
{
    printf '#include <muster/kit/%s.h>\n#include <muster/muster.h>\nSCENARIO(alone) { CHECK(1); if (m_attempt(t) == NULL) { %s; } }\n' \
        "$1" "$2" >"kits/$1.c"
    printf 'MUSTER_PLUGIN("acme.%s", "1")\n' "$1" >>"kits/$1.c"
    echo "muster_add_plugin(NAME $1-alone SOURCES $1.c KITS $1)" >>kits/CMakeLists.txt
}
alone auth 'm_key_make(t, "ES256")'
alone browser 'm_visit(m_browser_open(t, NULL), "/")'
alone data 'm_unique(t, "x")'
alone evidence 'm_shown(t, "x", 1, 1)'
alone factory 'm_make(t, 0, 0)'
alone http 'm_get(m_http_open(t, "", NULL), "")'
alone json 'm_json_parse(t, "")'
alone load 'M_LOAD(t, .clients = 1)'
alone monitor 'M_MONITOR(t, .pid = 1)'
alone parallel 'm_barrier(t)'
alone process 'm_port(t)'
alone sql 'M_SQL(m_sql_open(t, "", NULL), "SELECT 1")'
alone target 'm_login(t, NULL)'
alone wait 'm_now_ms()'
alone ws 'm_ws_send(m_ws_open(t, "", NULL), "")'
project kits each_kit || fail "a kit alone: $(cat each_kit.log)"
for kit in auth browser data evidence factory http json load monitor parallel process sql target wait ws; do
    brings "each_kit/plugins/$kit-alone.so" 1
done

sed 's/KITS http/KITS htpp/' kit/CMakeLists.txt >kit/CMakeLists.txt.new
mv kit/CMakeLists.txt.new kit/CMakeLists.txt
must_fail "a kit that is none" project kit wrong_kit
grep -q 'no kit `htpp`' wrong_kit.log || fail "the message on a wrong kit: $(cat wrong_kit.log)"

# pkg-config alone, without any flag for visibility.
pc=$(find "$work/prefix" -name muster.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046
cc -shared -fPIC $(pkg-config --cflags muster) -o by_hand.so prefix/share/muster/template/c/scenarios.c \
    $(pkg-config --libs muster)
brings ./by_hand.so 3

case $(pkg-config --variable=plugindir muster) in
*/muster/plugins) ;;
*) fail "plugindir: $(pkg-config --variable=plugindir muster)" ;;
esac
. "$ABI_ROOT/sdk/abi/tables.sh"
version=$(abi_constant MUSTER_ABI_MAJOR "$include").$(abi_constant MUSTER_ABI_MINOR "$include")
[ "$(pkg-config --variable=abi muster)" = "$version" ] ||
    fail "muster.pc names ABI $(pkg-config --variable=abi muster), and the headers say $version"
