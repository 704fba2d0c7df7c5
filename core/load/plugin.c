/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a plugin: dlopen, the entry, its tables copied into our own. */
#include "load/plugin.h"

#include "base/cleanup.h"
#include "load/elf.h"
#include "load/foreign.h"
#include "load/validate.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef const struct muster_plugin *(*entry_fn)(uint32_t host_minor);

static int refuse_dlopen(const char **ret_reason, struct err *err)
{
    const char *text = dlerror();
    const char *symbol = text ? strstr(text, "undefined symbol: ") : NULL;
    if (symbol) {
        *ret_reason = "unresolved-symbol";
        return err_set(err, -ENOEXEC, "%s: link the library that defines it (-Wl,-z,defs finds this at link time)",
                       symbol);
    }
    *ret_reason = "cannot-load";
    return err_set(err, -ENOEXEC, "the loader says: %s", text ? text : "nothing");
}

/* A plugin of another major version has another entry: say so rather than "no entry". */
static int refuse_entry(void *handle, const char **ret_reason, struct err *err)
{
    for (int major = 2; major <= 9; major++) {
        autofree char *symbol = xasprintf("muster_plugin_v%d", major);
        if (!dlsym(handle, symbol))
            continue;
        *ret_reason = "wrong-major";
        return err_set(err, -EPROTO, "it is built for interface %d only (%s), this runner has %d.%d: rebuild it", major,
                       symbol, MUSTER_ABI_MAJOR, MUSTER_ABI_MINOR);
    }
    *ret_reason = "no-entry";
    return err_set(err, -ENOEXEC,
                   "no symbol muster_plugin_v%d: not a muster plugin (is MUSTER_PLUGIN(...) in one of its files?)",
                   MUSTER_ABI_MAJOR);
}

/* A thread that loading started does not survive fork: such a plugin's attempts must load it themselves. */
static bool started_threads(void)
{
    struct stat st;
    enum { DOT_DOTDOT_AND_ONE_TASK = 3 };
    return stat("/proc/self/task", &st) == 0 && st.st_nlink > DOT_DOTDOT_AND_ONE_TASK;
}

static struct file_identity identify(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return (struct file_identity){0};
    return (struct file_identity){st.st_dev, st.st_ino, (uint64_t)st.st_size,
                                  (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec};
}

/* A name without a slash would make dlopen search the library path, and one that is relative would be the plugin's idea
 * of where it is (dladdr) when the attempt has gone to a folder of its own. Links stay: files beside it are found by
 * the name that the run was given. */
static char *make_absolute(const char *path)
{
    autofree char *here = *path == '/' ? NULL : getcwd(NULL, 0);
    return here ? xasprintf("%s/%s", here, path) : strchr(path, '/') ? xstrdup(path) : xasprintf("./%s", path);
}

int plugin_load(const char *path, load_progress progress, void *data, struct plugin *ret_plugin,
                const char **ret_reason, struct err *err)
{
    progress(data, STAGE_CHECKING);
    const struct file_identity before = identify(path);
    int r = elf_check_file(path, ret_reason, err);
    if (r < 0)
        return r;
    if (is_foreign(path)) {
        *ret_reason = "foreign";
        return err_set(err, -ENOEXEC,
                       "no symbol muster_plugin_v%d, and nothing else of muster's: a library, and no plugin",
                       MUSTER_ABI_MAJOR);
    }
    progress(data, STAGE_LOADING);
    autofree char *name = make_absolute(path);
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL); /* never closed: its code may be on a stack */
    if (!handle)
        return refuse_dlopen(ret_reason, err);
    entry_fn entry = (entry_fn)dlsym(handle, "muster_plugin_v1");
    if (!entry)
        return refuse_entry(handle, ret_reason, err);
    progress(data, STAGE_ENTRY);
    const struct muster_plugin *theirs = entry(MUSTER_ABI_MINOR);
    if (!theirs) {
        *ret_reason = "refuses";
        return err_set(err, -EPROTO, "muster_plugin_v1(%d) returned NULL: the plugin refuses this runner",
                       MUSTER_ABI_MINOR);
    }
    progress(data, STAGE_TABLES);
    struct plugin p = {0};
    r = plugin_normalise(theirs, &p, ret_reason, err);
    if (r < 0) {
        arena_free(&p.arena);
        return r;
    }
    p.fresh = p.fresh || started_threads();
    p.file = identify(path);
    if (memcmp(&p.file, &before, sizeof before) != 0) {
        arena_free(&p.arena);
        *ret_reason = "cannot-load";
        return err_set(err, -EAGAIN, "the file changed while it was being loaded");
    }
    progress(data, STAGE_LOADED);
    *ret_plugin = p;
    return 0;
}
