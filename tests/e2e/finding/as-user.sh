#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# as-user.sh SCRIPT BIN PLUGINS: the script as an ordinary user, from copies that he can read. Skipped (77) for who is
# one already.
set -u
[ "$(id -u)" -eq 0 ] || exit 77
home=$(mktemp -d "${TMPDIR:-/tmp}/muster-user.XXXXXX") || exit 1
trap 'rm -rf --one-file-system "$home"' EXIT
chmod 755 "$home"
mkdir "$home/tests" "$home/bin" "$home/plugins" "$home/tmp"
cp -r "$(dirname "$0")/../run" "$(dirname "$0")/../finding" "$home/tests/"
for program in "$2"/muster*; do
    [ -d "$program" ] || cp "$program" "$home/bin/"
done
cp "$3"/*.so "$home/plugins/"
chown nobody "$home/tmp"
cd "$home/tmp" || exit 1
TMPDIR=$home/tmp setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- \
    "$home/tests/finding/$(basename "$1")" "$home/bin" "$home/plugins"
