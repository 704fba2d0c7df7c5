#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# languages.sh cpp|rust: the template of another language builds as its first lines say, exports the entry, and its
# scenarios run: by the minimal host, and by the runner when it is built.
. "$(dirname "$0")/common.sh"
language=$1
template=$ABI_ROOT/sdk/template/$language
cd "$work"

case $language in
cpp)
    need g++
    # shellcheck disable=SC2086
    g++ -std=c++11 $strict_cxx -fPIC -shared -Wl,--version-script="$map" -Wl,-z,defs -I "$include" \
        -o plugin.so "$template/scenarios.cpp"
    cat >expected <<'X'
plugin example.cpp 1.0.0 minor 2
needs 1.1
scenario joins_words e2e priority_p0
scenario catches_its_exceptions
scenario counts_letters
fixture dictionary(str language=en) scope 1
passed joins_words
passed catches_its_exceptions
passed counts_letters[word=0,letters=5]
passed counts_letters[word=1,letters=5]
X
    ;;
rust)
    need rustc
    rustc --edition 2021 --crate-type cdylib -C panic=abort -D warnings -o plugin.so "$template/scenarios.rs"
    cat >expected <<'X'
plugin example.rust 1.0.0 minor 1
needs 1.1
scenario sorts_numbers e2e priority_p0
scenario splits_words
scenario repeats_words
fixture separator(str sign= ) scope 1
passed sorts_numbers
passed splits_words
passed repeats_words[times=1]
passed repeats_words[times=3]
X
    ;;
esac

echo muster_plugin_v1 >exports.expected
exports plugin.so >exports.actual
same exports.expected exports.actual "a $language plugin exports more than its entry"
"$ABI_LOADER" --run ./plugin.so >actual 2>log || fail "the minimal host refuses it: $(cat log)"
sed -i 's/^scenario [^ ]* /scenario /' actual # the lines of a template may move
same expected actual "the $language plugin brings something else"

if [ -x "${ABI_MUSTER:-}" ]; then
    "$ABI_MUSTER" run --out "$work/out" plugin.so >run.log 2>&1 || fail "the runner: $(cat run.log)"
    grep -q "$(grep -c '^passed' expected) passed" run.log || fail "the runner runs other cases: $(cat run.log)"
fi
