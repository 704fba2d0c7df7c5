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

static const struct plugin_entry *keep_entries(struct arena *kept, const struct plugin *p)
{
    size_t size = p->n_scenarios * sizeof *p->entries;
    if (size >= WORTH_A_MAPPING)
        return map_sealed(NULL, p->entries, size);
    return memcpy(arena_alloc(kept, size), p->entries, size);
}

void plugin_shrink(struct plugin *p)
{
    uintptr_t code = (uintptr_t)p->entries[0].run;
    struct arena kept = {0};
    const struct plugin_entry *entries = keep_entries(&kept, p);
    if (!entries)
        return;
    struct muster_cleanup *cleanups = arena_alloc(&kept, p->n_cleanups * sizeof *cleanups + 1);
    for (uint32_t i = 0; i < p->n_cleanups; i++) {
        cleanups[i] = p->cleanups[i];
        cleanups[i].name = arena_strdup(&kept, p->cleanups[i].name);
    }
    arena_free(&p->arena);
    p->arena = kept;
    p->entries = entries;
    p->cleanups = cleanups;
    p->scenarios = NULL;
    p->name = p->version = p->summary = "";
    malloc_trim(0);
    dl_iterate_phdr(seal_relro, &code);
}
