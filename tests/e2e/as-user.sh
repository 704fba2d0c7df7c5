#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# as-user.sh PROGRAM [ARGUMENT ...]: a test as an ordinary user. It gets copies, which he can read, of these tests'
# scripts and of what the arguments name: a file, a folder, or of the folder of the runner's programs those. Skipped (77)
# for who is an ordinary user already.
set -u
[ "$(id -u)" -eq 0 ] || exit 77
home=$(mktemp -d "${TMPDIR:-/tmp}/muster-user.XXXXXX") || exit 1
trap 'rm -rf --one-file-system "$home"' EXIT
chmod 755 "$home"
mkdir "$home/e2e" "$home/tmp" "$home/bin"
for folder in run adoption data double finding fixtures kit ledger params schedule target; do
    cp -r "$(dirname "$0")/$folder" "$home/e2e/"
done

# The user's name of an argument, in $copy. Helpers of the runner are looked for beside it.
copy() {
    copies=$((copies + 1))
    copy=$home/$copies
    case $1 in
    "$(dirname "$0")"/*.sh) copy=$home/e2e${1#"$(dirname "$0")"} ;;
    /*/muster | /*/muster-testbed)
        cp "$(dirname "$1")"/muster* "$home/bin/" 2>/dev/null
        copy=$home/bin/$(basename "$1")
        ;;
    /*)
        if [ -e "$1/muster" ]; then
            mkdir "$copy"
            find "$1" -maxdepth 1 -type f \( -name 'muster*' -o -name '*.so' \) -exec cp {} "$copy/" \;
        elif [ -d "$1" ]; then
            cp -r "$1" "$copy"
        else
            mkdir "$copy"
            cp "$1" "$copy/"
            copy=$copy/$(basename "$1")
        fi
        ;;
    *) copy=$1 ;;
    esac
}

copies=0
left=$#
while [ "$left" -gt 0 ]; do
    copy "$1"
    shift
    set -- "$@" "$copy"
    left=$((left - 1))
done
chown nobody "$home/tmp"
cd "$home/tmp" || exit 1
TMPDIR=$home/tmp setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- "$@"
