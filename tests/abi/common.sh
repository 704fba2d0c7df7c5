# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034
# For the scripts of this folder: where things are (CTest says it in the environment), a scratch folder, and how a test
# fails or is skipped.
#
#   ABI_ROOT     the source tree          ABI_LAYOUT  prints a shared object's layout (layout.c)
#   ABI_LOADER   a minimal host (loader.c)  ABI_MUSTER  the runner
#   ABI_REQUIRE  1: a missing compiler is a failure
set -eu
export LC_ALL=C
: "${ABI_ROOT:?}"
include=$ABI_ROOT/sdk/include
map=$ABI_ROOT/sdk/cmake/plugin.map
plugins=$ABI_ROOT/tests/abi/plugins
strict="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wvla -Wformat=2 -Wundef -Wcast-qual -Werror"
strict_c="$strict -Wmissing-prototypes -Wstrict-prototypes"
strict_cxx="$strict -Wmissing-declarations -Wold-style-cast"

# The folders of all public headers, as a compiler takes them.
includes="-I $include"
for kit in "$ABI_ROOT"/sdk/kit/*/include; do
    includes="$includes -I $kit"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/muster-abi.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail()
{
    echo "FAIL: $*" >&2
    exit 1
}

# 77 is CTest's SKIP_RETURN_CODE here.
skip()
{
    [ "${ABI_REQUIRE:-0}" = 0 ] || fail "$*, and MUSTER_REQUIRE_LANGUAGES is on"
    echo "skipped: $*"
    exit 77
}

need()
{
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

need_runner()
{
    [ -x "${ABI_MUSTER:-}" ] && return
    echo "skipped: the runner is not built"
    exit 77
}

# compiler_is COMPILER: it is there; its language, as -x takes it, and the warnings that authors may ask it for.
compiler_is()
{
    need "$1"
    compiler=$1
    case $compiler in
    *++) language=c++ warnings=$strict_cxx ;;
    *) language=c warnings=$strict_c ;;
    esac
}

# must_fail WHAT COMMAND...: a check that can't fail shows nothing.
must_fail()
{
    what=$1
    shift
    if "$@" >"$work/must_fail.log" 2>&1; then
        cat "$work/must_fail.log" >&2
        fail "$what was not noticed"
    fi
}

# same EXPECTED-FILE ACTUAL-FILE WHAT
same()
{
    diff -u "$1" "$2" >&2 || fail "$3"
}

# What a shared object exports, a name a line.
exports()
{
    nm -D --defined-only "$1" | awk '{ print $3 }' | sort
}
