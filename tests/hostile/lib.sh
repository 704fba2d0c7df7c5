# shellcheck shell=sh disable=SC2034,SC2154,SC2013
# SPDX-License-Identifier: Apache-2.0
# What the drivers of hostile plugins share: a folder of their own, a run in it, and the proof that nothing of
# the run is left. The caller sets: bin (with muster and its helpers), plugins, rung, user ("" for the present one,
# "container" for one in a container without privileges).
set -u


failures=0
tab=$(printf '\t')

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n' "$*"
}

# Everything lives in a folder of our own, whose path marks each process that has something of it mapped.
prepare() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/muster-hostile.XXXXXX") || exit 1
    trap clean_up EXIT
    trap 'exit 1' INT TERM HUP
    mkdir "$work/bin" "$work/tmp" "$work/cwd" "$work/out" "$work/plugins" "$work/precious"
    echo "not of this run" >"$work/precious/keep-me"
    for program in "$bin"/muster*; do
        [ -d "$program" ] || ln "$program" "$work/bin/" 2>/dev/null || cp "$program" "$work/bin/"
    done
    cp "$plugins/hostile-innocent.so" "$work/plugins/"
    chmod 755 "$work"
    if [ "$user" = container ]; then
        "$here/../container.sh" "$work" true || exit 77
    elif [ -n "$user" ]; then
        chown "$user" "$work/tmp" "$work/cwd" "$work/out" "$work/precious"
    fi
}

# Ids of processes that belong to the run: their environment has its id, or they map or hold something of our folder.
survivors() {
    {
        grep -lsaF -e "$work" -e "MUSTER_RUN_ID=${run_id:-none}" /proc/[0-9]*/environ /proc/[0-9]*/maps
        find /proc/[0-9]*/fd /proc/[0-9]*/cwd -maxdepth 1 -lname "$work*" 2>/dev/null
    } | cut -d/ -f3 | sort -un | grep -vx $$
}

end_survivors() {
    for pid in $(survivors); do kill -9 "$pid" 2>/dev/null; done
}

# exec_muster ARGUMENT...: becomes the runner, in the folder; to be called in a subshell.
exec_muster() {
    cd "$work/cwd" || exit 1
    exec >"$work/console" 2>&1 </dev/null
    set -- "$work/bin/muster" run "$work/plugins" --out "$work/out" --containment="$rung" "$@"
    if [ "$user" = container ]; then
        set -- "$(dirname "$here")/container.sh" "$work" "$@"
    elif [ -n "$user" ]; then
        set -- setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- "$@"
    fi
    # In a build with sanitizers the processes of scenarios have their runtime too: crashes are ours to see.
    options=handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:handle_abort=0:abort_on_error=1
    TMPDIR=$work/tmp ASAN_OPTIONS=$options exec "$@"
}

# start_muster ARGUMENT...: the runner in the background, its id in $runner. What scenarios write to $work/fifo, whose
# path constructors may have as HOSTILE_FIFO, is to be read from 9.
start_muster() {
    mkfifo -m 666 "$work/fifo"
    exec 9<>"$work/fifo"
    (exec 9<&- && HOSTILE_FIFO=$work/fifo exec_muster "$@") &
    runner=$!
}

# end_muster SIGNAL: its end, and its status.
end_muster() {
    kill -"$1" "$runner"
    wait "$runner"
    status=$?
}

clean_up() {
    [ "$failures" -eq 0 ] || end_survivors
    mounts | grep -F "$work" | sort -r | xargs -r -n 1 umount -l
    rm -rf --one-file-system "$work"
}

# The grace is for the stacks too: a loaded machine with sanitizers takes a second for them.
run_muster() {
    (exec_muster -j 4 --load-timeout "${load_timeout:-30s}" --grace 2s --set precious="$work/precious")
    status=$?
    find_log
}

find_log() {
    log=$work/out/latest/events.jsonl
    if [ ! -s "$log" ]; then
        if grep -q "containment" "$work/console"; then
            echo "skipped: $(head -n 1 "$work/console")"
            exit 77
        fi
        cat "$work/console"
        fail "no event log; exit status $status"
        exit 1
    fi
    run_id=$(jq -r 'select(.type == "run.started") | .run_id' "$log")
}

# The ends of processes that nobody here is the parent of can't be waited for otherwise.
wait_for_survivors() {
    for pid in $(survivors); do
        timeout 5 tail --pid="$pid" -f /dev/null
    done
}

mounts() {
    cut -d' ' -f5 /proc/self/mountinfo | sort
}

# ---- what the log must say ------------------------------------------------------------------------------

check_ends_well() {
    last=$(tail -n 1 "$log" | jq -r .type)
    [ "$last" = run.ended ] || fail "the log ends with $last"
    not_run=$(tail -n 1 "$log" | jq -r .not_run)
    [ "$not_run" = 0 ] || fail "$not_run cases did not run"
    [ "$status" -ne 3 ] || fail "the runner says that it failed itself (status 3)"
    [ "$status" -lt 9 ] || fail "the runner ended with status $status"
}

# check_bystanders N: so many innocent scenarios passed, whatever stood beside them.
check_bystanders() {
    n=$(jq -r 'select(.type == "case.ended" and .verdict == "passed" and (.case | test("\\.bystander_"))) | .case' "$log" |
        sort -u | wc -l)
    [ "$n" -eq "$1" ] || fail "$n of $1 innocent scenarios passed"
}

# ---- what must not be there afterwards -----------------------------------------------------------------

check_no_process() {
    for pid in $(survivors); do
        fail "process $pid is left: $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) ($(cat "/proc/$pid/comm" 2>/dev/null))"
    done
}

check_nothing_remains() {
    check_no_process
    left=$(find "$work/tmp" -mindepth 1 2>/dev/null | head -n 5)
    [ -z "$left" ] || fail "temporary files are left: $left"
    left=$(find /sys/fs/cgroup -type d -name "muster-*$run_id*" 2>/dev/null)
    [ -z "$left" ] || fail "cgroups are left: $left"
    left=$(mounts | grep -F "$work")
    [ -z "$left" ] || fail "mounts are left: $left"
    [ -e "$work/precious/keep-me" ] || fail "a file that a scenario had mounted into its temp dir was removed"
    left=$(find "$work/cwd" -mindepth 1 -not -path "$work/cwd/.muster*" | head -n 5)
    [ -z "$left" ] || fail "files in the working directory are left: $left"
}

# report: the end of every driver.
report() {
    if [ "$failures" -gt 0 ]; then
        echo "---- console:"
        cat "$work/console"
        echo "---- $failures failures, exit status $status"
        exit 1
    fi
    echo "as expected, nothing left; exit status $status"
    exit 0
}
