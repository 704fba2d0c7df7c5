/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of environment variables, from the process's memory where that can be read, else from /proc.
 */
#include "forensics/stack/environment.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { VARIABLES_MAX = 256, NAME_MAX_BYTES = 128 };

/* As much as can be read, up to a page that is not there. */
static size_t read_memory(pid_t pid, uint64_t address, void *ret_data, size_t size)
{
    enum { PAGE = 4096 };
    struct iovec here = {ret_data, size};
    size_t first = PAGE - address % PAGE; /* in two pieces: what crosses into a missing page is read up to there */
    struct iovec there[2] = {{(void *)(uintptr_t)address, first < size ? first : size},
                             {(void *)(uintptr_t)(address + first), first < size ? size - first : 0}};
    ssize_t n = process_vm_readv(pid, &here, 1, there, 2, 0);
    return n > 0 ? (size_t)n : 0;
}

struct search {
    char program[PATH_MAX];
    bool found;
    GElf_Addr address;
};

/* In a program's own table a version may follow: "environ@GLIBC_2.2.5". */
static bool is_environ(const char *name)
{
    static const char wanted[] = "environ";
    return name && strncmp(name, wanted, sizeof wanted - 1) == 0 && strchr("@", name[sizeof wanted - 1]);
}

/* Where a module keeps `environ`; false when it has none. */
static bool find_in(Dwfl_Module *module, GElf_Addr *ret_address)
{
    int n = dwfl_module_getsymtab(module);
    for (int i = 1; i < n; i++) {
        GElf_Sym symbol;
        const char *name = dwfl_module_getsym_info(module, i, &symbol, ret_address, NULL, NULL, NULL);
        if (symbol.st_shndx != SHN_UNDEF && symbol.st_size == sizeof(uint64_t) && is_environ(name))
            return true;
    }
    return false;
}

/* The program may have a copy, which libc uses too; else it is libc's. */
static int look_into(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr start, void *data)
{
    (void)user;
    (void)start;
    struct search *search = data;
    bool is_program = strcmp(name, search->program) == 0;
    GElf_Addr address;
    if ((!is_program && !strstr(name, "/libc.so")) || !find_in(module, &address))
        return DWARF_CB_OK;
    search->found = true;
    search->address = address;
    return is_program ? DWARF_CB_ABORT : DWARF_CB_OK;
}

static bool find_environ(Dwfl *session, pid_t pid, GElf_Addr *ret_address)
{
    struct search search = {0};
    char exe[32];
    snprintf(exe, sizeof exe, "/proc/%d/exe", (int)pid);
    ssize_t n = readlink(exe, search.program, sizeof search.program - 1);
    if (n < 0 || dwfl_getmodules(session, look_into, &search, 0) < 0 || !search.found)
        return false;
    *ret_address = search.address;
    return true;
}

/* The part before "=", when it looks like a name. */
static bool print_name(const char *text, size_t n, FILE *out)
{
    size_t length = 0;
    while (length < n && (isalnum((unsigned char)text[length]) || text[length] == '_'))
        length++;
    if (length == 0 || length == n || text[length] != '=')
        return false;
    fprintf(out, " %.*s", (int)length, text);
    return true;
}

/* False when its memory does not hold a list of variables. */
static bool read_list(Dwfl *session, pid_t pid, uint64_t ret_items[VARIABLES_MAX], size_t *ret_n)
{
    GElf_Addr address;
    uint64_t list;
    if (!find_environ(session, pid, &address) || read_memory(pid, address, &list, sizeof list) != sizeof list)
        return false;
    if (list == 0) { /* clearenv() */
        *ret_n = 0;
        return true;
    }
    size_t n = read_memory(pid, list, ret_items, VARIABLES_MAX * sizeof *ret_items) / sizeof *ret_items;
    for (size_t i = 0; i < n; i++) {
        if (ret_items[i] == 0) {
            *ret_n = i;
            return true;
        }
    }
    *ret_n = n;
    return n == VARIABLES_MAX;
}

static void print_from_memory(pid_t pid, const uint64_t *items, size_t n, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        char text[NAME_MAX_BYTES];
        print_name(text, read_memory(pid, items[i], text, sizeof text), out);
    }
}

/* A process may have written anything there: what doesn't look like NAME= is passed over whole. */
static void print_from_proc(pid_t pid, FILE *out)
{
    char path[32], text[NAME_MAX_BYTES];
    snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
    autofclose FILE *f = fopen(path, "re");
    int c = 0;
    for (int i = 0; f && c != EOF && i < VARIABLES_MAX; i++) {
        size_t n = 0;
        while ((c = fgetc(f)) != EOF && c != '\0')
            if (n < sizeof text)
                text[n++] = (char)c;
        print_name(text, n, out);
    }
}

void environment_print(Dwfl *session, pid_t pid, FILE *out)
{
    uint64_t items[VARIABLES_MAX];
    size_t n;
    fprintf(out, "environment (names only):");
    if (session && read_list(session, pid, items, &n))
        print_from_memory(pid, items, n, out);
    else
        print_from_proc(pid, out);
    fputc('\n', out);
}
