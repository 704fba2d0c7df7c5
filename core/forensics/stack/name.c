/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Naming frames.
 */
#include "forensics/stack/name.h"

#include "base/cleanup.h"

#include <dwarf.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Source files below the working directory are named relative to it, as a compiler would name them there. */
static const char *short_path(const char *path)
{
    static char here[PATH_MAX];
    if (!here[0] && !getcwd(here, sizeof here - 1))
        return path;
    size_t n = strlen(here);
    return strncmp(path, here, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

static void print_function(FILE *out, Dwarf_Die *function, const char *symbol, const char *file, int line)
{
    const char *name = function ? dwarf_diename(function) : NULL;
    fprintf(out, "  %s", name ? name : symbol ? symbol : "?");
    if (file)
        fprintf(out, " at %s:%d", short_path(file), line);
    fputc('\n', out);
}

/* The compilation unit that holds `pc`. Without .debug_aranges (clang writes none) all are asked. */
static Dwarf_Die *find_unit(Dwfl_Module *module, Dwarf_Addr pc, Dwarf_Addr *ret_bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, pc, ret_bias);
    if (unit)
        return unit;
    while ((unit = dwfl_module_nextcu(module, unit, ret_bias)) != NULL)
        if (dwarf_haspc(unit, pc - *ret_bias) == 1)
            return unit;
    return NULL;
}

static bool is_function(Dwarf_Die *die)
{
    int tag = dwarf_tag(die);
    return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
}

/* Where the call stood that was replaced by this inlined function. */
static void call_site(Dwarf_Die *unit, Dwarf_Die *inlined, const char **ret_file, int *ret_line)
{
    Dwarf_Attribute attribute;
    Dwarf_Word index = 0, line = 0;
    Dwarf_Files *files;
    size_t n_files;
    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &index);
    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line);
    *ret_line = (int)line;
    *ret_file = dwarf_getsrcfiles(unit, &files, &n_files) == 0 ? dwarf_filesrc(files, index, NULL, NULL) : NULL;
}

/* The functions around `pc`, innermost first: inlined ones, then the one that was called. */
static bool print_scopes(Dwarf_Die *unit, Dwarf_Addr pc, const char *symbol, const char *file, int line, FILE *out)
{
    autofree Dwarf_Die *at_pc = NULL, *around = NULL;
    int n_at_pc = dwarf_getscopes(unit, pc, &at_pc), first = 0;
    while (first < n_at_pc && !is_function(&at_pc[first]))
        first++;
    if (first >= n_at_pc)
        return false;
    int n_around = dwarf_getscopes_die(&at_pc[first], &around);
    for (int i = 0; i < n_around; i++) {
        if (!is_function(&around[i]))
            continue;
        bool called = dwarf_tag(&around[i]) == DW_TAG_subprogram;
        print_function(out, &around[i], called ? symbol : NULL, file, line);
        if (called)
            return true;
        call_site(unit, &around[i], &file, &line);
    }
    return n_around > 0;
}

static bool print_from_dwarf(Dwfl_Module *module, Dwarf_Addr pc, const char *symbol, FILE *out)
{
    Dwarf_Addr bias = 0;
    Dwarf_Die *unit = find_unit(module, pc, &bias);
    if (!unit)
        return false;
    int line = 0;
    Dwarf_Line *at = dwarf_getsrc_die(unit, pc - bias);
    const char *file = at ? dwarf_linesrc(at, NULL, NULL) : NULL;
    if (!at || dwarf_lineno(at, &line) != 0 || !file)
        return false;
    if (!print_scopes(unit, pc - bias, symbol, file, line, out))
        print_function(out, NULL, symbol, file, line);
    return true;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void print_symbol(Dwfl_Module *module, const char *symbol, GElf_Off offset, FILE *out)
{
    const char *file = NULL;
    const char *name = dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, &file, NULL);
    fprintf(out, "  %s+0x%" PRIx64 " in %s\n", symbol, (uint64_t)offset, file_name(file ? file : name));
}

/* Addresses are given from the object's start: the same in every run, and what addr2line takes. */
static void print_address(Dwfl_Module *module, Dwarf_Addr pc, FILE *out)
{
    const char *file = NULL;
    Dwarf_Addr start = 0;
    const char *name = dwfl_module_info(module, NULL, &start, NULL, NULL, NULL, &file, NULL);
    fprintf(out, "  0x%" PRIx64 " in %s\n", (uint64_t)(pc - start), file_name(file ? file : name));
}

static bool is_libc(const char *path)
{
    const char *name = file_name(path);
    return strncmp(name, "libc.so.", 8) == 0 || strncmp(name, "ld-linux", 8) == 0;
}

bool name_is_of_program(Dwfl *session, struct frame frame)
{
    char exe[32], program[PATH_MAX];
    Dwfl_Module *module = dwfl_addrmodule(session, frame.exact ? frame.pc : frame.pc - 1);
    const char *path = module ? dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL) : NULL;
    snprintf(exe, sizeof exe, "/proc/%d/exe", (int)dwfl_pid(session));
    ssize_t n = readlink(exe, program, sizeof program - 1);
    program[n > 0 ? n : 0] = '\0';
    return !path || is_libc(path) || strcmp(path, program) == 0;
}

void name_print(Dwfl *session, struct frame frame, FILE *out)
{
    Dwarf_Addr pc = frame.exact ? frame.pc : frame.pc - 1;
    Dwfl_Module *module = dwfl_addrmodule(session, pc);
    if (!module) {
        fprintf(out, "  0x%" PRIx64 ", where no code is\n", (uint64_t)frame.pc);
        return;
    }
    GElf_Off offset = 0;
    GElf_Sym entry;
    const char *symbol = dwfl_module_addrinfo(module, pc, &offset, &entry, NULL, NULL, NULL);
    if (print_from_dwarf(module, pc, symbol, out))
        return;
    if (symbol)
        print_symbol(module, symbol, offset + (frame.pc - pc), out);
    else
        print_address(module, frame.pc, out);
}
