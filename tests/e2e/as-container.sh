#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# as-container.sh PROGRAM [ARGUMENT ...]: a test in a container without privileges.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/muster-container.XXXXXX") || exit 1
trap 'rm -rf --one-file-system "$work"' EXIT
mkdir "$work/tmp"
cd "$work/tmp" || exit 1
TMPDIR=$work/tmp "$here/../container.sh" "$work" "$@"
