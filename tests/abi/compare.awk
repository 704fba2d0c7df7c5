# SPDX-License-Identifier: Apache-2.0
# Compares a frozen table of the interface with today's: awk -f compare.awk FROZEN TODAY. Prints each breach; exits 1.
#
# Within a minor nothing may differ. A later minor may append fields at the end of a struct that opens with its size,
# may name a reserved field, and may add structs and constants. muster_host never grows.

function breach(text) { print text; breaches++ }

# "    OFFSET SIZE TYPE... NAME": a field's place and type, without its name.
function place(    s) { s = $0; sub(/^ +/, "", s); sub(/ [^ ]+$/, "", s); return s }

FNR == 1 { today = NR != 1 }
/^struct / {
    current = $2
    size[today, current] = $3
    structs[today, current] = 1
}
/^    / {
    field[today, current, $NF] = place()
    at[today, current, place()] = $NF
    offset[today, current, $NF] = $1
    if ($1 == 0)
        opens_with_size[today, current] = place() == "0 4 uint32_t" && $NF == "size"
}
/^constant / {
    name = $2
    sub(/^constant [^ ]+ /, "")
    constant[today, name] = $0
}

END {
    newer = constant[1, "MUSTER_ABI_MINOR"] + 0 > constant[0, "MUSTER_ABI_MINOR"] + 0
    for (key in structs) {
        split(key, k, SUBSEP)
        if (k[1] == 0)
            compare_struct(k[2])
        else if (!newer && !((0, k[2]) in structs))
            breach("struct " k[2] " is new, but the minor is not")
    }
    for (key in field) {
        split(key, k, SUBSEP)
        if (k[1] == 0)
            compare_field(k[2], k[3])
        else if ((0, k[2]) in structs && !((0, k[2], k[3]) in field))
            check_new_field(k[2], k[3])
    }
    for (key in constant) {
        split(key, k, SUBSEP)
        if (k[1] == 0)
            compare_constant(k[2])
        else if (!newer && !((0, k[2]) in constant))
            breach("constant " k[2] " is new, but the minor is not")
    }
    if (NR == FNR || breaches == 0 && length(structs) == 0)
        breach("nothing was compared")
    exit breaches > 0
}

function compare_struct(s) {
    if (!((1, s) in structs)) {
        breach("struct " s " is gone")
        return
    }
    may_grow = newer && opens_with_size[0, s] && s != "muster_host"
    if (size[1, s] < size[0, s] || size[1, s] > size[0, s] && !may_grow)
        breach("struct " s " had " size[0, s] " bytes and has " size[1, s])
}

function compare_field(s, f) {
    if (!((1, s) in structs) || field[1, s, f] == field[0, s, f])
        return
    if (newer && f ~ /^reserved/ && (1, s, field[0, s, f]) in at)
        return
    breach(s "." f " was \"" field[0, s, f] "\" and is \"" field[1, s, f] "\"")
}

function check_new_field(s, f) {
    if (!newer)
        breach(s "." f " is new, but the minor is not")
    else if (offset[1, s, f] < size[0, s] && at[0, s, field[1, s, f]] !~ /^reserved/)
        breach(s "." f " is new and not at the end")
}

function compare_constant(c) {
    if (c != "MUSTER_ABI_MINOR" && constant[1, c] != constant[0, c])
        breach("constant " c " was " constant[0, c] " and is " constant[1, c])
}
