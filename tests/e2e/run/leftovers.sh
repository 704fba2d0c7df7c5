#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Temporary files that can't be removed at the end of a run: it says so, has a status of its own, and `muster cleanup`
# finds them again until they can be removed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
work_so=$plugins/folders.so
plugin=e2e.folders

# left TEXT: the run that has just ended says what is left, and keeps what `muster cleanup` needs.
left() {
    complains "left behind: "
    complains "$1"
    says "Left what could not be removed"
    says "muster cleanup $out/"
    [ -f "$run/.run-state" ] || fail "the run has no state"
    is "the status in the log" 7 "$(query '.[-1].exit_status')"
}

# cleaned STATUS: of `muster cleanup`.
cleaned() {
    muster cleanup "$run"
    status=$?
    [ "$status" -eq "$1" ] || fail "muster cleanup: status $status, not $1: $(cat "$work/complaints")"
}

# all_gone: the last cleanup removed what was left.
all_gone() {
    is "temporary files" "" "$(find "$work/tmp" -mindepth 1 | head -n 3)"
    [ ! -e "$run/.run-state" ] || fail "the run's state is still there"
}

# A folder that nothing can be removed from. It says so to who is not root, whose folder it is all the same.
if [ "$(id -u)" -ne 0 ]; then
    run 7 e2e.folders.r_locks_the_folder_above
    left "$work/tmp/muster-"
    cleaned 7
    complains "Permission denied"
    complains "removing $work/tmp/muster-"
    muster cleanup --list "$run"
    says "left $work/tmp/muster-"
    chmod 700 "$work/tmp"
    cleaned 0
    all_gone
    # Where something worse counts, that is the status.
    run 1 e2e.folders.r_locks_the_folder_above e2e.folders.g_takes_our_names
    complains "left behind: "
    [ -f "$run/.run-state" ] || fail "the run has no state"
    chmod 700 "$work/tmp"
    cleaned 0
    all_gone
    finish
fi
chattr +i "$dir" 2>/dev/null || { echo "no file can be made immutable here" && exit 77; }
chattr -i "$dir"

# It turns out late, long after the verdict: its attempt is known all the same.
run 7 -j1 e2e.folders.q_hides_an_immutable_file e2e.folders.f_innocent
left "inner/stays: Operation not permitted (left by e2e.folders.q_hides_an_immutable_file attempt 1)"
verdict q_hides_an_immutable_file passed
verdict f_innocent passed
cleaned 7
complains "inner/stays: Operation not permitted"
chattr -i "$work"/tmp/*/*/inner/stays
cleaned 0
all_gone

# Each janitor has a temporary folder of its own, and that of the run is not forgotten over it.
run 7 --skip-cleanup e2e.folders.s_defers_and_leaves_an_immutable_file
left "stays: Operation not permitted (left by e2e.folders.s_defers_and_leaves_an_immutable_file attempt 1)"
cleaned 7
says "1 undone, 0 left"
cleaned 7
complains "stays: Operation not permitted"
chattr -R -i "$work/tmp" 2>/dev/null
cleaned 0
all_gone

# A cgroup that stays.
TMPDIR=$work/tmp "$bin/muster" run "$work_so" --out "$out" e2e.folders.u_mounts_in_its_cgroup >"$work/console" 2>"$work/complaints"
status=$?
if [ "$(query '.[] | select(.type == "case.ended") | .verdict')" != skipped ]; then
    is "the run with a cgroup" 7 "$status"
    complains "this cgroup could not be removed"
    says "muster cleanup $out/"
    cleaned 7
    complains "it was not removed"
    umount "$(cat "$run"/cases/*/attempt-1/files/group)"
    cleaned 0
    all_gone
fi

# Of a user, with a file of root's in it: the user can't remove it, and root does it for the user.
as_nobody() {
    TMPDIR=$work/tmp setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- "$@" \
        >"$work/console" 2>"$work/complaints" </dev/null
}
chmod 755 "$work"
mkfifo "$dir/path" "$dir/go"
rm -f "$run"
chown -R nobody "$out" "$work/tmp" "$dir"
touch "$work/console" "$work/complaints"
if as_nobody test -x "$bin/muster"; then
    as_nobody "$bin/muster" run "$work_so" --out "$out" --set dir="$dir" e2e.folders.t_waits_for_a_stranger &
    read -r temp <"$dir/path" || :
    mkdir "$temp/roots" && touch "$temp/roots/file"
    echo >"$dir/go"
    wait $!
    is "the user's run" 7 $?
    left "roots/file: Permission denied (left by e2e.folders.t_waits_for_a_stranger attempt 1)"
    as_nobody "$bin/muster" cleanup "$run"
    is "the user's cleanup" 7 $?
    complains "roots/file: Permission denied"
    cleaned 0
    all_gone
fi
finish
