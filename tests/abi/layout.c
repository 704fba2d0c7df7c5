/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the layout of the interface's structs as the compiler laid them out: reads a shared object's DWARF, so that
 * no list of fields has to be kept by hand and a new field can't be forgotten.
 *
 *     layout probe.so
 *     struct muster_cleanup 24
 *         0 4 uint32_t size
 *
 * One process, one thread; exits with 1 and a line on stderr when the file has no such struct.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool type_of(Dwarf_Die *die, Dwarf_Die *ret_type)
{
    Dwarf_Attribute attr;
    return dwarf_attr_integrate(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, ret_type);
}

__attribute__((format(printf, 1, 2))) static char *text(const char *fmt, ...)
{
    char *s;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&s, fmt, ap) < 0)
        err(1, "vasprintf");
    va_end(ap);
    return s;
}

static char *spell(Dwarf_Die *type, const char *declarator);

/* A type without a DIE is void. */
static char *spell_target(Dwarf_Die *die, const char *declarator)
{
    Dwarf_Die target;
    return spell(type_of(die, &target) ? &target : NULL, declarator);
}

static char *spell_parameters(Dwarf_Die *function)
{
    char *all = text("%s", "");
    Dwarf_Die child;
    for (int r = dwarf_child(function, &child); r == 0; r = dwarf_siblingof(&child, &child)) {
        if (dwarf_tag(&child) != DW_TAG_formal_parameter)
            continue;
        char *one = spell_target(&child, "");
        char *longer = text("%s%s%s", all, *all ? ", " : "", one);
        free(one);
        free(all);
        all = longer;
    }
    if (!*all) {
        free(all);
        all = text("void");
    }
    return all;
}

static char *spell_pointer(Dwarf_Die *pointer, const char *mark, const char *declarator)
{
    Dwarf_Die target;
    bool to_function = type_of(pointer, &target) && dwarf_tag(&target) == DW_TAG_subroutine_type;
    char *inner = text(to_function ? "(%s%s)" : "%s%s", mark, declarator);
    char *all = spell_target(pointer, inner);
    free(inner);
    return all;
}

static char *spell_const(Dwarf_Die *die, const char *declarator)
{
    Dwarf_Die target;
    if (type_of(die, &target) && dwarf_tag(&target) == DW_TAG_pointer_type)
        return spell_pointer(&target, *declarator ? "*const " : "*const", declarator);
    char *bare = spell_target(die, declarator);
    char *all = text("const %s", bare);
    free(bare);
    return all;
}

/* The type of what `declarator` declares, written as C writes it. */
static char *spell(Dwarf_Die *type, const char *declarator)
{
    const char *gap = *declarator ? " " : "";
    if (!type)
        return text("void%s%s", gap, declarator);
    switch (dwarf_tag(type)) {
    case DW_TAG_pointer_type:
        return spell_pointer(type, "*", declarator);
    case DW_TAG_const_type:
        return spell_const(type, declarator);
    case DW_TAG_subroutine_type: {
        char *parameters = spell_parameters(type);
        char *inner = text("%s(%s)", declarator, parameters);
        char *all = spell_target(type, inner);
        free(inner);
        free(parameters);
        return all;
    }
    case DW_TAG_structure_type:
        return text("struct %s%s%s", dwarf_diename(type), gap, declarator);
    case DW_TAG_base_type:
    case DW_TAG_typedef:
        return text("%s%s%s", dwarf_diename(type), gap, declarator);
    default:
        errx(1, "the interface has a type of DWARF tag 0x%x: not allowed in it", (unsigned)dwarf_tag(type));
    }
}

static void print_field(Dwarf_Die *field)
{
    Dwarf_Attribute attr;
    Dwarf_Word offset = 0, size = 0;
    Dwarf_Die type;
    if (dwarf_hasattr(field, DW_AT_bit_size) || dwarf_hasattr(field, DW_AT_data_bit_offset))
        errx(1, "%s is a bit-field", dwarf_diename(field));
    if (!type_of(field, &type) || dwarf_aggregate_size(&type, &size) != 0 ||
        !dwarf_attr(field, DW_AT_data_member_location, &attr) || dwarf_formudata(&attr, &offset) != 0)
        errx(1, "%s: no type or no offset", dwarf_diename(field));
    char *name = spell(&type, "");
    printf("    %" PRIu64 " %" PRIu64 " %s %s\n", (uint64_t)offset, (uint64_t)size, name, dwarf_diename(field));
    free(name);
}

static void print_struct(Dwarf_Die *die)
{
    printf("struct %s %d\n", dwarf_diename(die), dwarf_bytesize(die));
    Dwarf_Die child;
    for (int r = dwarf_child(die, &child); r == 0; r = dwarf_siblingof(&child, &child))
        if (dwarf_tag(&child) == DW_TAG_member)
            print_field(&child);
}

static bool is_ours(Dwarf_Die *die)
{
    const char *name = dwarf_diename(die);
    return dwarf_tag(die) == DW_TAG_structure_type && !dwarf_hasattr(die, DW_AT_declaration) && name &&
           strncmp(name, "muster_", 7) == 0;
}

static int print_unit(Dwarf *dwarf)
{
    Dwarf_Die unit, child;
    Dwarf_CU *cu = NULL;
    int found = 0;
    while (dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &unit, NULL) == 0)
        for (int r = dwarf_child(&unit, &child); r == 0; r = dwarf_siblingof(&child, &child))
            if (is_ours(&child)) {
                print_struct(&child);
                found++;
            }
    return found;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        errx(2, "usage: layout SHARED-OBJECT");
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        err(1, "%s", argv[1]);
    Dwarf *dwarf = dwarf_begin(fd, DWARF_C_READ);
    if (!dwarf)
        errx(1, "%s: %s", argv[1], dwarf_errmsg(-1));
    int found = print_unit(dwarf);
    dwarf_end(dwarf);
    close(fd);
    if (!found)
        errx(1, "%s: no struct of the interface in it", argv[1]);
    return 0;
}
