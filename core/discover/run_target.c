/* SPDX-License-Identifier: Apache-2.0 */
/* Which target file a run has, and whether its values are given. */
#include "discover/run_target.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <errno.h>
#include <string.h>

/* "testbed.target.yaml" beside "testbed.so"; NULL: it ships none. */
static const char *shipped(struct arena *arena, const struct plugin_info *p)
{
    size_t len = strlen(p->path);
    if (p->n_fixtures == 0 || len < 3 || strcmp(p->path + len - 3, ".so") != 0)
        return NULL;
    autofree char *path = xasprintf("%.*s.target.yaml", (int)(len - 3), p->path);
    return access(path, F_OK) == 0 ? arena_strdup(arena, path) : NULL;
}

/* Among those that were asked for, or else among those that only provide. */
static int find_shipped(struct run_target *t, bool providers, const char **ret_path, struct err *err)
{
    for (size_t i = 0; i < t->catalogue->n_plugins; i++) {
        const struct plugin_info *p = &t->catalogue->plugins[i];
        const char *path = p->provider == providers ? shipped(&t->arena, p) : NULL;
        if (path && *ret_path)
            return err_set(err, -EINVAL, "%s and %s are both there: say with --target FILE which one is meant",
                           *ret_path, path);
        *ret_path = path ? path : *ret_path;
    }
    return 0;
}

static int look(struct run_target *t, struct err *err)
{
    const char *path = t->path;
    int e = path ? 0 : find_shipped(t, false, &path, err);
    if (e == 0 && !path)
        e = find_shipped(t, true, &path, err);
    if (e == 0 && path)
        e = target_fetch(t->helper, path, &t->arena, &t->info, err);
    t->looked = e == 0;
    t->found = e == 0 && path;
    return e;
}

int run_target_get(void *target, const struct target_info **ret_target, struct err *err)
{
    struct run_target *t = target;
    int e = t->looked ? 0 : look(t, err);
    t->there = e == 0 && t->found;
    if (e == 0)
        *ret_target = run_target_known(t);
    return e;
}

const struct target_info *run_target_look(struct run_target *t)
{
    autoerr struct err unreadable = {0}; /* who asks for it is told */
    if (!t->looked)
        look(t, &unreadable);
    t->looked = t->found;
    return t->found ? &t->info : NULL;
}

const struct target_info *run_target_known(const struct run_target *t)
{
    return t->there ? &t->info : NULL;
}

static bool is_set(const struct run_target *t, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; t->values && i < t->values->n; i++)
        if (strncmp(t->values->items[i], name, len) == 0 && t->values->items[i][len] == '=')
            return true;
    return false;
}

static bool lacks(const struct run_target *t, const struct target_value *v)
{
    return !v->has_default && !is_set(t, v->name);
}

const char *run_target_fixture(const struct run_target *t)
{
    if (!t->there || !*t->info.fixture)
        return NULL;
    for (uint32_t i = 0; i < t->info.n_values; i++)
        if (lacks(t, &t->info.values[i]))
            return t->info.fixture;
    return NULL;
}

int run_target_check_values(const struct run_target *t, struct err *err)
{
    autobuf struct buf out = {0};
    for (uint32_t i = 0; t->there && !*t->info.fixture && i < t->info.n_values; i++) {
        const struct target_value *v = &t->info.values[i];
        if (lacks(t, v))
            buf_addf(&out, "%s%s: nothing sets %s: give --set %s=VALUE, or --set %s=@FILE", out.len ? "\n" : "", v->at,
                     v->name, v->name, v->name);
    }
    return out.len ? err_set(err, -EINVAL, "%s", buf_str(&out)) : 0;
}

void run_target_free(struct run_target *t)
{
    arena_free(&t->arena);
    *t = (struct run_target){0};
}
