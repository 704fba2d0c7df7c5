#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# outside.sh BIN PLUGINS PROVISIONING TARGET: what the packs say of a platform whose orchestrator fails; sound, and with each defect of that kind.
provisioning=$3
target=$4
. "$(dirname "$0")/../run/lib.sh"
cd "$work" || exit 1

# on_platform ARGUMENT ...: the scenarios, on a platform that is started with these arguments besides.
on_platform() {
    {
        echo "#!/bin/sh"
        echo "exec '$bin/muster-testbed' \"\$@\" $*"
    } >"$work/testbed"
    chmod +x "$work/testbed"
    muster run "$provisioning" -m outside --target "$target" --set testbed="$work/testbed" --out "$out"
}

# ended VERDICT: how many cases did.
ended_as() {
    query "[.[] | select(.type == \"case.ended\" and .verdict == \"$1\")] | length"
}

on_platform --quiet || fail "a sound platform: status $?: $(cat console complaints)"
is "passed" 5 "$(ended_as passed)"
nothing_left
for defect in $("$bin/muster-testbed" --list-defects --json | jq -r '.[] | select(.kind == "outside") | .name'); do
    on_platform --quiet --defect "$defect" && fail "$defect is not noticed"
    [ "$(ended_as failed)" -gt 0 ] || fail "$defect is not noticed: $(cat console)"
    is "$defect: what did not end" 5 "$(($(ended_as failed) + $(ended_as passed)))"
done
finish
