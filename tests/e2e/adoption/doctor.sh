#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# muster doctor: each thing that a machine can lack is taken away, and has to be told, with what to do.
# shellcheck source=../run/lib.sh
. "$(dirname "$0")/../run/lib.sh"
needs jq
names_so=$3 # whose scenarios use dns
mkdir "$work/empty" "$work/fake"
usual=$PATH:$work/mark # which those that it starts have too, so that one that is left is found

# doctor STATUS ARGUMENT...: with PATH from $path, TMPDIR from $temp, the programs of $programs. Nothing is left by it.
doctor() {
    want=$1
    shift
    env PATH="$path" TMPDIR="$temp" "$programs/muster" doctor "$@" >"$work/console" 2>"$work/complaints" </dev/null &
    pid=$!
    wait "$pid"
    is "doctor $*" "$want" $?
    left=$(find /sys/fs/cgroup -name "muster-$pid-*" 2>/dev/null)
    [ -z "$left" ] || fail "control groups are left: $left"
    left=$(grep -lsaF "$work/mark" /proc/[0-9]*/environ)
    [ -z "$left" ] || fail "processes are left: $left"
    left=$(find "$work/tmp" -mindepth 1)
    [ -z "$left" ] || fail "files are left: $left"
}

# tells LEVEL NAME TEXT: there is a line of this name and level, with this text in it or below it.
tells() {
    awk -v start="$(printf '%-6s %-17s ' "$1" "$2")" -v text="$3" '
        /^[a-z]/ { on = index($0, start) == 1 }
        /^ / || on { sub(/^ +/, " ") }
        on { all = all $0 }
        END { exit index(all, text) == 0 }' "$work/console" ||
        fail "no line \"$1 $2\" with \"$3\": $(cat "$work/console")"
}

path=$usual temp=$work/tmp programs=$bin
doctor 0
says "A plain run has all that it needs."
tells ok muster-host "$bin/muster-host"
tells ok "temporary folder" "MiB free)"
tells ok "open files" "enough for -j"
for name in gdb ptrace "cgroup v2" "cgroup v1" "PID namespace" "sub-reaper" "memory limits" "pids limits" postgres docker \
    browser dns mail templates; do
    grep -Eq "^(ok|note|lacks) +$name " "$work/console" || fail "nothing of $name"
done
grep -q 'is what runs take' "$work/console" || fail "it does not say what holds attempts together"

awk 'length > 80 && substr($0, 26) ~ / /' "$work/console" | grep . && fail "a line is longer than 80 columns"

# What it says of containment is what a run gets.
cp "$work/console" "$work/told"
for rung in "cgroup2 cgroup v2" "pidns PID namespace" "reaper sub-reaper"; do
    muster run "$work_so" "$plugin.passes" --out "$out" --set dir="$dir" --containment "${rung%% *}"
    status=$?
    if grep -Eq "^ok +${rung#* } " "$work/told"; then
        is "a run in ${rung#* }, which was promised" 0 "$status"
    else
        is "a run in ${rung#* }, which was not" 3 "$status"
        cp "$work/told" "$work/console"
        grep -Eq "^lacks +${rung#* } " "$work/console" || [ "${rung%% *}" = cgroup2 ] || fail "no lack of ${rung#* }"
    fi
done

doctor 0 --json
jq -e '.version == 1 and .ok and (.findings | length > 15) and all(.findings[]; .needed | not)' "$work/console" \
    >/dev/null || fail "its JSON: $(cat "$work/console")"

# Programs that are not there. It looks into Debian's folders for some, which stay.
path=$work/empty:$work/mark
doctor 0
tells lacks gdb "There is no gdb in PATH"
tells lacks gdb "Install it"
tells lacks browser "There is no chromedriver and no chromium in PATH"
tells lacks browser "--set chromedriver=PATH"
for program in gdb chromedriver; do
    ln -s /bin/true "$work/fake/$program"
done
path=$work/fake:$work/mark
doctor 0
tells ok gdb "$work/fake/gdb"
tells lacks browser "There is no chromium in PATH"
ln -s /bin/true "$work/fake/chromium"
doctor 0
tells ok browser "$work/fake/chromedriver, $work/fake/chromium"
path=$usual

DOCKER_HOST=unix://$work/none.sock
export DOCKER_HOST
doctor 0
tells lacks docker "$work/none.sock: No such file or directory"
DOCKER_HOST=tcp://127.0.0.1:1
doctor 0
tells note docker "DOCKER_HOST is tcp://127.0.0.1:1"
unset DOCKER_HOST

# Temporary folders.
temp=$work/nowhere
doctor 4
tells lacks "temporary folder" "Nothing can be made in $work/nowhere: No such file or directory"
tells lacks "temporary folder" "have TMPDIR name another"
says "A plain run lacks what it needs: temporary folder."
doctor 4 --json
jq -e '(.ok | not) and any(.findings[]; .needed and .name == "temporary folder")' "$work/console" >/dev/null ||
    fail "its JSON of a lack: $(cat "$work/console")"
temp=tmp
if [ -w /tmp ]; then doctor 0; else doctor 4; fi
tells note "temporary folder" 'TMPDIR is "tmp", which is no absolute path: /tmp is taken.'
temp=$work/tmp
if unshare -rm true 2>/dev/null; then
    mkdir "$work/small"
    # shellcheck disable=SC2016
    unshare -rm sh -c 'mount -t tmpfs -o noexec,size=8m none "$1/small" && TMPDIR=$1/small exec "$2/muster" doctor' \
        sh "$work" "$bin" >"$work/console" 2>"$work/complaints"
    is "a small folder of which nothing can be run" 4 $?
    tells ok "temporary folder" "tmpfs, which is memory"
    tells lacks "temporary folder" "is mounted noexec"
    tells lacks "temporary folder" "Only 8 MiB are free"
fi

# Limits. `ulimit -n` sets the hard one too, which it can't raise.
(
    # shellcheck disable=SC3045 # dash and bash have it
    ulimit -n 24
    failures=0
    doctor 4
    tells lacks "open files" "The limit is 24, too few for a single attempt."
    tells lacks "open files" "ulimit -Hn"
    exit "$failures"
) || fail "few open files"

# Helpers that are not there.
mkdir "$work/bin"
cp "$bin"/muster "$bin"/muster-* "$work/bin/"
programs=$work/bin
rm "$work/bin/muster-stack"
doctor 0
tells lacks muster-stack "No such file or directory"
tells lacks muster-stack "Install muster as a whole"
tells lacks templates "muster new"
rm "$work/bin/muster-host"
doctor 4
tells lacks muster-host "it loads plugins and runs their scenarios"
tells lacks containment "muster-host"
says "A plain run lacks what it needs: muster-host, containment."
programs=$bin

# Plugins.
doctor 0 "$work_so"
tells ok plugin "$work_so: "
grep -Eq '^(ok|note|lacks) +(browser|mail) ' "$work/console" && fail "it looked for services that the plugin does not use"
doctor 0 "$names_so"
tells ok plugin "$names_so: "
grep -Eq '^(ok|lacks) +dns ' "$work/console" || fail "it did not look for the service that the plugin uses"
grep -Eq '^(ok|note|lacks) +(browser|mail) ' "$work/console" && fail "it looked for services of providers"
echo nonsense >"$work/nonsense.so"
doctor 4 "$work/nonsense.so"
tells lacks plugin "$work/nonsense.so is refused: "
says "A plain run lacks what it needs: plugin."
doctor 4 "$work/none.so"
complains "$work/none.so: No such file or directory"
doctor 4 --jsn
complains "unknown option --jsn: did you mean --json?"
finish
