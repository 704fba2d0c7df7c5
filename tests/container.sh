#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# container.sh FOLDER PROGRAM [ARGUMENT ...]: in a container without privileges, as a CI service gives one: a user without
# capabilities, processes of its own, cgroups read-only, no namespaces to be had, everything read-only but FOLDER. Status 77
# where none can be had, since this is inside a container already.
folder=$1
shift
bwrap --ro-bind / / --dev /dev --proc /proc --unshare-user --unshare-pid --disable-userns true || exit 77
exec bwrap --ro-bind / / --dev /dev --proc /proc --bind "$folder" "$folder" --unshare-user --uid 1000 --gid 1000 \
    --unshare-pid --unshare-ipc --disable-userns --die-with-parent --chdir "$PWD" -- "$@"
