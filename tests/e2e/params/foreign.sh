#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files of strangers are read beside the runner, which ends when it is told to; and what is no file is not waited for.
# shellcheck source=tests/e2e/params/lib.sh
. "$(dirname "$0")/lib.sh"
one=e2e.params.refund

# What libfyaml needs long for: as many blank lines as there may be before the first one of a block, in each of many.
{
    printf -- '- plan: |\n'
    head -c 1000 /dev/zero | tr '\0' '\n'
    printf '    x\n'
} >block.yaml
awk 'BEGIN { while ((getline line < "block.yaml") > 0) text = text line "\n"; for (i = 0; i < 16000; i++) printf "%s", text }' >slow.yaml

# reads: muster-table is at it for the runner; gives up when the runner has ended, or after many looks.
reads() {
    looks=0
    while [ "$looks" -lt 3000 ] && kill -0 "$runner" 2>/dev/null; do
        for pid in $(cat "/proc/$runner/task/$runner/children" 2>/dev/null); do
            [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != muster-table ] || return 0
        done
        looks=$((looks + 1))
        sleep 0.01
    done
    return 1
}

for signal in INT TERM; do
    start $one --data $one=slow.yaml --load-timeout 10m
    reads || fail "no process beside the runner reads the file"
    kill -s $signal "$runner"
    ended 2
    complains "interrupted while slow.yaml was read: nothing was run"
done

run 4 $one --data $one=slow.yaml --load-timeout 1s
complains "reading slow.yaml: it was not done within 1 s (--load-timeout)"

# It dies with a runner that is killed, or when its file is too much for it.
start $one --data $one=slow.yaml --load-timeout 10m
reads || fail "no process beside the runner reads the file"
kill -9 "$(cat "/proc/$runner/task/$runner/children" | tr ' ' '\n' | while read -r pid; do
    [ "$(cat "/proc/$pid/comm")" != muster-table ] || echo "$pid"
done)"
ended 4
complains "reading slow.yaml: the process that read it was ended by SIGKILL"

# Bounds, with the place. More blank lines than that cost the square of their number.
{
    printf 'rows:\n- plan: |  # of many\n'
    head -c 400000 /dev/zero | tr '\0' '\n'
    printf '    x\n'
} >blank.yaml
run 4 $one --data $one=blank.yaml
complains "blank.yaml:1003:1: more than 1000 blank lines begin a block"
{
    printf 'scenarios:\n  one:\n    summary: >\n'
    head -c 400000 /dev/zero | tr '\0' '\n'
    printf '      x\n'
} >scenarios.yaml
muster list scenarios.yaml --load-timeout 100s
complains "scenarios.yaml"
complains "more than 1000 blank lines begin a block"
awk 'BEGIN { for (i = 0; i <= 1000; i++) printf "- &a%d {seats: 1}\n", i }' >anchors.yaml
run 4 $one --data $one=anchors.yaml
complains "anchors.yaml:1001:10: more than 1000 anchors"
awk 'BEGIN { printf "rows: [{seats: 1}]\n"; for (i = 0; i < 40000; i++) printf "key%d: 1\n", i }' >keys.yaml
is "40,000 keys" "1" "$(ids_of "$work_so" "${one}[plan=pro,*]" --data "$one=keys.yaml#/rows" | wc -w)"

# What is no file: each is said, and nobody waits for its other end.
mkfifo fifo.yaml fifo.db
at_once() {
    timeout 60 "$bin/muster" "$@" >console 2>complaints </dev/null
    [ $? -ne 124 ] || fail "$*: it hangs"
}
at_once list "$work_so" --data $one=fifo.yaml
complains "reading fifo.yaml: it is a FIFO, not a regular file"
at_once run "$work_so" e2e.params.plain --out "$out" --history fifo.db
complains "fifo.db: it is a FIFO, not a history's file"
cat >including.yaml <<'EOT'
include: [fifo.yaml]
scenarios:
  one:
    steps:
      - nobody
EOT
at_once list including.yaml --load-timeout 50s
complains "fifo.yaml: it is a FIFO, not a regular file"
at_once verify fifo.yaml
complains "fifo.yaml: it is a FIFO, not a regular file"
mkdir run
mkfifo run/events.jsonl
at_once report run
complains "run/events.jsonl: it is a FIFO, not a regular file"
at_once verify run
at_once merge run --out merged
finish
