/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a loaded plugin cheap to fork from. A fork copies an entry for every page that was written since it was
 * mapped, and its end takes them all down again: 0.1 us a page, for every attempt. So what will not be written any more
 * is put into sealed files that are mapped privately: of those a fork copies nothing, and who writes there by mistake
 * crashes instead of changing what others run.
 */
#include "load/plugin.h"

#include "base/cleanup.h"
#include "base/io.h"

#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>

enum { WORTH_A_MAPPING = 64 * 1024 }; /* a mapping costs a fork as much as ten pages */

/* Maps a copy of the bytes, readable only: at `at`, in place of what is there, or anywhere when that is NULL. */
static void *map_sealed(void *at, const void *bytes, size_t size)
{
    autoclose int fd = memfd_create("muster-plugin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || io_write_all(fd, bytes, size) < 0)
        return NULL;
    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    void *map = mmap(at, size, PROT_READ, MAP_PRIVATE | (at ? MAP_FIXED : 0), fd, 0);
    return map == MAP_FAILED ? NULL : map;
}

static bool holds(const struct dl_phdr_info *info, uintptr_t address)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + p->p_vaddr;
        if (p->p_type == PT_LOAD && address >= start && address < start + p->p_memsz)
            return true;
    }
    return false;
}

/* The part of an object that the loader has relocated and then made read-only; its tables of pointers are there. */
static int seal_relro(struct dl_phdr_info *info, size_t size, void *data)
{
    const uintptr_t *address = data;
    const uintptr_t page = 4096;
    (void)size;
    if (!holds(info, *address))
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t start = (info->dlpi_addr + p->p_vaddr) & ~(page - 1);
        uintptr_t end = (info->dlpi_addr + p->p_vaddr + p->p_memsz) & ~(page - 1); /* as ld.so protects it */
        if (p->p_type == PT_GNU_RELRO && end > start && end - start >= WORTH_A_MAPPING)
            map_sealed((void *)start, (const void *)start, end - start);
    }
    return 1;
}

static struct plugin_params keep_params(struct arena *kept, const struct plugin_params *params)
{
    struct plugin_params copy = {.n = params->n};
    if (params->n == 0)
        return copy;
    struct plugin_param *items = arena_alloc(kept, params->n * sizeof *items);
    for (uint32_t i = 0; i < params->n; i++)
        items[i] = (struct plugin_param){params->items[i].type, arena_strdup(kept, params->items[i].name)};
    copy.items = items;
    return copy;
}

static const char *const *keep_operations(struct arena *kept, const char *const *operations)
{
    size_t n = 0;
    while (operations && operations[n])
        n++;
    if (n == 0)
        return NULL;
    const char **copy = arena_alloc(kept, (n + 1) * sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = arena_strdup(kept, operations[i]);
    return copy;
}

static const struct plugin_entry *keep_entries(struct arena *kept, struct plugin *p)
{
    size_t size = p->n_scenarios * sizeof *p->entries;
    struct plugin_entry *entries =
        memcpy(arena_alloc(size < WORTH_A_MAPPING ? kept : &p->arena, size + 1), p->entries, size);
    for (uint32_t i = 0; i < p->n_scenarios; i++) {
        entries[i].params = keep_params(kept, &p->entries[i].params);
        entries[i].operations = keep_operations(kept, p->entries[i].operations);
    }
    return size < WORTH_A_MAPPING ? entries : map_sealed(NULL, entries, size);
}

static const struct plugin_fixture *keep_fixtures(struct arena *kept, const struct plugin *p)
{
    struct plugin_fixture *fixtures = arena_alloc(kept, p->n_fixtures * sizeof *fixtures + 1);
    for (uint32_t i = 0; i < p->n_fixtures; i++) {
        fixtures[i] = p->fixture_entries[i];
        fixtures[i].name = arena_strdup(kept, p->fixture_entries[i].name);
        fixtures[i].params = keep_params(kept, &p->fixture_entries[i].params);
    }
    return fixtures;
}

/* Some function of the plugin: it tells which object it is. */
static uintptr_t code_of(const struct plugin *p)
{
    if (p->n_scenarios > 0)
        return p->entries[0].run ? (uintptr_t)p->entries[0].run : (uintptr_t)p->entries[0].call;
    if (p->n_fixtures > 0)
        return (uintptr_t)p->fixture_entries[0].setup;
    return (uintptr_t)p->steps[0].call;
}

void plugin_shrink(struct plugin *p)
{
    uintptr_t code = code_of(p);
    struct arena kept = {0};
    const struct plugin_entry *entries = keep_entries(&kept, p);
    if (!entries) {
        arena_free(&kept);
        return;
    }
    const struct plugin_fixture *fixtures = keep_fixtures(&kept, p);
    struct muster_cleanup *cleanups = arena_alloc(&kept, p->n_cleanups * sizeof *cleanups + 1);
    for (uint32_t i = 0; i < p->n_cleanups; i++) {
        cleanups[i] = p->cleanups[i];
        cleanups[i].name = arena_strdup(&kept, p->cleanups[i].name);
    }
    arena_free(&p->arena);
    p->arena = kept;
    p->entries = entries;
    p->cleanups = cleanups;
    p->fixture_entries = fixtures;
    p->scenarios = NULL;
    p->fixtures = NULL;
    p->steps = NULL;
    p->named = NULL;
    p->thresholds = NULL;
    p->name = p->version = p->summary = "";
    malloc_trim(0);
    dl_iterate_phdr(seal_relro, &code);
}
