/* SPDX-License-Identifier: Apache-2.0 */
/* Mapping the plugins whose steps a file calls. */
#include "data/load.h"

#include "base/cleanup.h"
#include "base/suggest.h"
#include "data/check_target_step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- which ones ---- */

/* Whether the name stands anywhere where a step could: as a key, or as an item of a list; "plugin/name" too, of a given
 * plugin only that. Rather too many than too few: what is mapped and not needed costs a little time. */
static bool mentions(const struct node *n, const char *plugin, const char *name)
{
    for (uint32_t i = 0; n->kind != NODE_SCALAR && i < n->n; i++) {
        const char *text = n->kind == NODE_MAP                ? n->keys[i].name
                           : n->items[i]->kind == NODE_SCALAR ? n->items[i]->text
                                                              : "";
        const char *slash = strchr(text, '/');
        size_t len = slash ? (size_t)(slash - text) : 0;
        bool its = !plugin || (slash && strlen(plugin) == len && strncmp(text, plugin, len) == 0);
        if ((its && strcmp(slash ? slash + 1 : text, name) == 0) || mentions(n->items[i], plugin, name))
            return true;
    }
    return false;
}

/* Whether one that doesn't yield has the step, or may have it. */
static bool is_of_another(const struct loader_environment *around, const char *name)
{
    for (size_t i = 0; i < around->n_providers; i++) {
        const struct data_provider *p = &around->providers[i];
        const char *const *step = p->steps;
        while (step && *step && strcmp(*step, name) != 0)
            step++;
        if (!p->yields && (!step || *step))
            return true;
    }
    return false;
}

/* Steps may be called from what the file includes, which is not read yet. */
static bool is_wanted(const struct loader_environment *around, const struct data_provider *p, const struct node *root)
{
    if (!p->steps || node_get(root, "include"))
        return true;
    for (const char *const *step = p->steps; *step; step++)
        if (mentions(root, p->yields && is_of_another(around, *step) ? p->name : NULL, *step))
            return true;
    return false;
}

static bool is_path(const char *text)
{
    size_t n = strlen(text);
    return strchr(text, '/') || (n > 3 && strcmp(text + n - 3, ".so") == 0);
}

static void note_stage(void *data, enum load_stage stage)
{
    (void)data;
    (void)stage; /* it was loaded before: the file's own stages are told */
}

static int map(struct mapping *mapping, const char *path, bool found, const char **ret_reason, struct err *err)
{
    struct mapped one = {.path = path, .found = found};
    for (size_t i = 0; i < mapping->n; i++)
        if (strcmp(mapping->items[i].path, path) == 0)
            return 0;
    int r = plugin_load(path, note_stage, NULL, &one.plugin, ret_reason, err);
    if (r < 0)
        return err_prefix(err, "%s, which it takes steps from", path);
    GROW(mapping->items, mapping->n, mapping->cap);
    mapping->items[mapping->n++] = one;
    return 0;
}

/* The provider that is this file, however it is spelt; NULL: none. */
static const char *find_provider(const struct loader_environment *around, const char *path)
{
    struct stat wanted, st;
    for (size_t i = 0; i < around->n_providers && stat(path, &wanted) == 0; i++)
        if (stat(around->providers[i].path, &st) == 0 && st.st_dev == wanted.st_dev && st.st_ino == wanted.st_ino)
            return around->providers[i].path;
    return NULL;
}

/* One entry of `plugins:`: a path, relative to the file, or the name of a plugin that was found. */
static int map_named(struct mapping *mapping, const struct loader_environment *around, const char *file,
                     const struct node *entry, struct arena *arena, struct diagnostics *m, const char **ret_reason,
                     struct err *err)
{
    if (entry->kind != NODE_SCALAR || !*entry->text) {
        mistake(m, entry->at, "plugins: wants names or paths of plugins, not %s", node_describe(entry));
        return 0;
    }
    if (is_path(entry->text)) {
        const char *slash = strrchr(file, '/');
        autofree char *path = entry->text[0] == '/' || !slash
                                  ? xstrdup(entry->text)
                                  : xasprintf("%.*s/%s", (int)(slash - file), file, entry->text);
        if (access(path, R_OK) < 0) {
            mistake(m, entry->at, "plugins: %s: %s", path, strerror(errno));
            return 0;
        }
        const char *found = find_provider(around, path);
        return map(mapping, found ? found : arena_strdup(arena, path), found != NULL, ret_reason, err);
    }
    struct suggestion s = suggest_start(entry->text);
    for (size_t i = 0; i < around->n_providers; i++) {
        if (strcmp(around->providers[i].name, entry->text) == 0)
            return map(mapping, around->providers[i].path, true, ret_reason, err);
        suggest_offer(&s, around->providers[i].name);
    }
    mistake(m, entry->at, "plugins: no plugin %s with steps was found%s%s", entry->text,
            s.best ? "; did you mean " : "", s.best ? s.best : "");
    return 0;
}

/* What calls operations is there without being named. */
static int map_operations(struct mapping *mapping, const struct loader_environment *around, const char **ret_reason,
                          struct err *err)
{
    for (size_t i = 0; i < around->n_providers; i++)
        if (strcmp(around->providers[i].name, OPERATIONS_PLUGIN) == 0)
            return map(mapping, around->providers[i].path, true, ret_reason, err);
    return 0;
}

int mapping_make(struct mapping *mapping, const struct loader_environment *around, const char *path,
                 const struct node *root, struct arena *arena, struct diagnostics *m, const char **ret_reason,
                 struct err *err)
{
    const struct node *plugins = node_get(root, "plugins");
    int r = 0;
    if (plugins && plugins->kind == NODE_MAP)
        mistake(m, plugins->at, "plugins: wants a list of names or paths");
    else if (plugins && plugins->kind == NODE_SCALAR)
        r = map_named(mapping, around, path, plugins, arena, m, ret_reason, err);
    for (uint32_t i = 0; plugins && plugins->kind == NODE_LIST && i < plugins->n && r == 0; i++)
        r = map_named(mapping, around, path, plugins->items[i], arena, m, ret_reason, err);
    for (size_t i = 0; !plugins && i < around->n_providers && r == 0; i++) {
        size_t before = mapping->n;
        if (is_wanted(around, &around->providers[i], root))
            r = map(mapping, around->providers[i].path, true, ret_reason, err);
        if (mapping->n > before)
            mapping->items[before].yields = around->providers[i].yields;
    }
    if (r == 0 && (mentions_operations(root) || node_get(root, "include")))
        r = map_operations(mapping, around, ret_reason, err);
    return r;
}

/* ---- their cleanups ---- */

static const char *owner_of(const struct mapping *mapping, const char *name, size_t before)
{
    for (size_t i = 0; i < before; i++)
        for (uint32_t k = 0; k < mapping->items[i].plugin.n_cleanups; k++)
            if (strcmp(mapping->items[i].plugin.cleanups[k].name, name) == 0)
                return mapping->items[i].plugin.name;
    return NULL;
}

void mapping_cleanups(const struct mapping *mapping, struct place at, struct plugin *p, struct arena *arena,
                      struct diagnostics *m)
{
    uint32_t n = 0;
    for (size_t i = 0; i < mapping->n; i++)
        n += mapping->items[i].plugin.n_cleanups;
    const char **paths = arena_alloc(arena, (n + 1) * sizeof *paths);
    p->cleanups = arena_alloc(arena, (n + 1) * sizeof *p->cleanups);
    for (size_t i = 0; i < mapping->n; i++) {
        const struct plugin *from = &mapping->items[i].plugin;
        for (uint32_t k = 0; k < from->n_cleanups; k++) {
            const char *other = owner_of(mapping, from->cleanups[k].name, i);
            if (other)
                mistake(m, at, "%s and %s both have a cleanup %s: name the plugins of this file in `plugins:`", other,
                        from->name, from->cleanups[k].name);
            paths[p->n_cleanups] = mapping->items[i].found ? mapping->items[i].path : "";
            p->cleanups[p->n_cleanups++] = from->cleanups[k];
        }
    }
    p->cleanup_paths = paths;
}
