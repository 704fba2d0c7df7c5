/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a plugin, whatever it is written in. */
#include "host/load_plugin.h"

#include "base/cleanup.h"
#include "base/program.h"
#include "data/data.h"
#include "data/data_file.h"
#include "host/resume.h"
#include "host/step_call.h"
#include "host/thread_guard.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beside this program. Never unmapped: its programs run in what is forked from here. */
static data_load_fn find_module(struct err *err)
{
    static data_load_fn found;
    if (found)
        return found;
    autofree char *folder = program_folder();
    if (!folder) {
        err_set(err, -ENOENT, "/proc/self/exe does not say where this program is");
        return NULL;
    }
    autofree char *path = xasprintf("%s/%s", folder, DATA_MODULE);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle)
        found = (data_load_fn)dlsym(handle, DATA_ENTRY);
    if (!found)
        err_set(err, -ENOSYS, "scenarios as data want %s: the loader says: %s", path, dlerror());
    return found;
}

/* Its strings are copied: the packet that they came in is used again. */
static struct data_provider take_provider(struct arena *arena, const char *text)
{
    size_t n = 0, cap = 0;
    const char **steps = NULL;
    char *copy = arena_strdup(arena, text), *state = NULL;
    struct data_provider p = {.path = strtok_r(copy, "\n", &state)};
    p.name = strtok_r(NULL, "\n", &state);
    for (const char *step; (step = strtok_r(NULL, "\n", &state));) {
        GROW(steps, n, cap);
        steps[n++] = step;
    }
    if (n > 0) {
        const char **list = arena_alloc(arena, (n + 1) * sizeof *list);
        p.steps = memcpy(list, steps, n * sizeof *list);
    }
    free(steps);
    p.yields = p.name && *p.name == '*';
    p.name = p.name ? p.name + p.yields : "";
    return p;
}

/* Lives as long as the process, for the programs that were loaded. */
static const struct loader_environment *surroundings(const struct message_list *providers)
{
    static struct arena arena;
    struct loader_environment *around = arena_alloc(&arena, sizeof *around);
    struct data_provider *items = arena_alloc(&arena, (providers->n + 1) * sizeof *items);
    const char *target = NULL;
    size_t n = 0;
    for (uint32_t i = 0; i < providers->n; i++) {
        if (*providers->items[i] == '\n')
            target = arena_strdup(&arena, providers->items[i] + 1);
        else
            items[n++] = take_provider(&arena, providers->items[i]);
    }
    *around = (struct loader_environment){.providers = items,
                                          .n_providers = n,
                                          .target = target,
                                          .call = step_call,
                                          .set_guard = guard_set,
                                          .abandon = guard_abandon,
                                          .start_anew = resume_start};
    return around;
}

int host_load(const char *path, const struct message_list *providers, load_progress progress, void *data,
              struct plugin *ret_plugin, const char **ret_reason, struct err *err)
{
    if (!is_data_file(path))
        return plugin_load(path, progress, data, ret_plugin, ret_reason, err);
    data_load_fn load = find_module(err);
    if (!load) {
        *ret_reason = "cannot-load";
        return -ENOSYS;
    }
    return load(path, surroundings(providers), progress, data, ret_plugin, ret_reason, err);
}
