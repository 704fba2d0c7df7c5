# SPDX-License-Identifier: Apache-2.0
# Turns a frozen table into static assertions, so that the compiler holds the headers against it without DWARF:
# awk -f assertions.awk layout.txt >>probe.c. A reserved field may get a name later, and a struct may grow.
BEGIN {
    print "#include <stddef.h>"
    print "#define SAME_TYPE(s, f, type) __builtin_types_compatible_p(__typeof__(((struct s *)0)->f), type)"
}
/^struct / {
    current = $2
    printf "_Static_assert(sizeof(struct %s) >= %d, \"%s\");\n", $2, $3, $2
}
/^    / && $NF !~ /^reserved/ {
    type = $0
    sub(/^ +[0-9]+ [0-9]+ /, "", type)
    sub(/ [^ ]+$/, "", type)
    printf "_Static_assert(offsetof(struct %s, %s) == %d, \"%s.%s: offset\");\n", current, $NF, $1, current, $NF
    printf "_Static_assert(sizeof(((struct %s *)0)->%s) == %d, \"%s.%s: size\");\n", current, $NF, $2, current, $NF
    printf "_Static_assert(SAME_TYPE(%s, %s, %s), \"%s.%s: type\");\n", current, $NF, type, current, $NF
}
