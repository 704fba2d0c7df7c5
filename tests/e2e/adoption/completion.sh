#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# muster completion bash: what bash offers for a line, by the script as it is printed.
# shellcheck source=../run/lib.sh
. "$(dirname "$0")/../run/lib.sh"
needs bash

muster completion bash
is "muster completion bash" 0 $?
cp "$work/console" "$work/script"

# offers WORD...: what the last of the words is completed to, one a line, in $work/console.
offers() {
    # shellcheck disable=SC2016
    bash -c 'source "$0" && COMP_WORDS=("$@") && COMP_CWORD=$(($# - 1)) && { _muster; printf "%s\n" "${COMPREPLY[@]}"; }' \
        "$work/script" "$bin/muster" "$@" >"$work/console" 2>"$work/complaints" </dev/null || fail "bash: $(cat "$work/complaints")"
}

# has LINE: it is offered. only LINE: and nothing else is.
has() {
    grep -qxF -- "$1" "$work/console" || fail "not offered: $1, but: $(cat "$work/console")"
}
only() {
    is "what is offered" "$1" "$(cat "$work/console")"
}

offers ''
has run
has completion
has --version
offers ru
only "run
runs"
offers run --conta
only --containment
offers list --containment
only ''
offers run --containment ''
has auto
has pidns
offers run --containment = pid
only pidns
offers run --jobs ''
only ''
offers run -j ''
only ''
cd "$dir" || exit 1
mkdir folder
: >file.txt
offers verify "fi"
only file.txt
offers run --out fo
only folder
offers run --out "fi"
only ''
offers run "$work_so" e2e.work.pass
has e2e.work.passes
offers run "$work_so" -m und
only undo
offers run "$work_so" --retry-on ''
only "failed
error
timeout
crashed"
offers run --timeout-factor ''
only ''

muster completion tcsh
is "another shell" 4 $?
complains "for which shell?"
finish
