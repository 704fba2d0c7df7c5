/* SPDX-License-Identifier: Apache-2.0 */
/* Names of fixtures, and their arguments. */
#include "plan/resolve.h"

#include "base/buf.h"
#include "base/suggest.h"
#include "plan/argument.h"

#include <errno.h>
#include <string.h>

static const struct fixture_info *find_in(const struct catalogue *c, uint32_t plugin, const char *name)
{
    const struct plugin_info *p = &c->plugins[plugin];
    for (uint32_t i = p->first_fixture; i < p->first_fixture + p->n_fixtures; i++)
        if (strcmp(c->fixtures[i].name, name) == 0)
            return &c->fixtures[i];
    return NULL;
}

static bool may_be_in(const struct catalogue *c, uint32_t plugin, const struct use *use)
{
    return !use->plugin || strcmp(c->plugins[plugin].name, use->plugin) == 0;
}

static int ambiguous(const struct catalogue *c, const struct fixture_info *a, const struct fixture_info *b,
                     struct err *err)
{
    const struct plugin_info *p = &c->plugins[a->plugin], *q = &c->plugins[b->plugin];
    if (strcmp(p->name, q->name) == 0)
        return err_set(err, -EINVAL, "%s and %s both have %s.%s: give the run one of them", p->path, q->path, p->name,
                       a->name);
    return err_set(err, -EINVAL, "several plugins have it: write %s.%s (%s) or %s.%s (%s)", p->name, a->name, p->path,
                   q->name, b->name, q->path);
}

static void offer_all(const struct catalogue *c, struct suggestion *s, struct arena *arena)
{
    for (size_t i = 0; i < c->n_fixtures; i++) {
        suggest_offer(s, c->fixtures[i].name);
        autobuf struct buf full = {0};
        buf_addf(&full, "%s.%s", c->plugins[c->fixtures[i].plugin].name, c->fixtures[i].name);
        suggest_offer(s, arena_strdup(arena, buf_str(&full)));
    }
}

static int unknown(const struct catalogue *c, const struct use *use, struct err *err)
{
    struct arena arena = {0};
    autobuf struct buf name = {0};
    buf_addf(&name, "%s%s%s", use->plugin ? use->plugin : "", use->plugin ? "." : "", use->name);
    struct suggestion s = suggest_start(arena_strdup(&arena, buf_str(&name)));
    offer_all(c, &s, &arena);
    static const char looked[] = "of the plugins given, of those in MUSTER_PLUGIN_PATH, and of the installation's own";
    int e = s.best ? err_set(err, -EINVAL, "none %s has a fixture %s: did you mean %s?", looked, buf_str(&name), s.best)
                   : err_set(err, -EINVAL, "none %s has a fixture %s", looked, buf_str(&name));
    arena_free(&arena);
    return e;
}

/* The one of the plugins that were given, or of those that only provide, that has it. */
static int find_among(const struct catalogue *c, bool providers, const struct use *use,
                      const struct fixture_info **ret_found, struct err *err)
{
    const struct fixture_info *found = NULL;
    for (uint32_t p = 0; p < c->n_plugins; p++) {
        bool fits = c->plugins[p].provider == providers && may_be_in(c, p, use);
        const struct fixture_info *f = fits ? find_in(c, p, use->name) : NULL;
        if (f && found)
            return ambiguous(c, found, f, err);
        found = f ? f : found;
    }
    *ret_found = found;
    return 0;
}

int resolve_fixture(const struct catalogue *c, uint32_t plugin, const struct use *use, uint32_t *ret_fixture,
                    struct err *err)
{
    const struct fixture_info *found = may_be_in(c, plugin, use) ? find_in(c, plugin, use->name) : NULL;
    int e = found ? 0 : find_among(c, false, use, &found, err);
    if (e == 0 && !found)
        e = find_among(c, true, use, &found, err);
    if (e < 0)
        return e;
    if (!found)
        return unknown(c, use, err);
    *ret_fixture = (uint32_t)(found - c->fixtures);
    return 0;
}

/* "version, port=5432": what may be given. */
static void list_params(const struct fixture_info *f, struct buf *out)
{
    for (uint32_t i = 0; i < f->params.n; i++) {
        const struct param_info *p = &f->params.items[i];
        buf_addf(out, "%s%s%s%s", i ? ", " : "", p->name, p->fallback ? "=" : "", p->fallback ? p->fallback : "");
    }
}

static int not_its(const struct fixture_info *f, const struct use_arg *arg, struct err *err)
{
    autobuf struct buf params = {0};
    list_params(f, &params);
    if (f->params.n == 0)
        return err_set(err, -EINVAL, "%s takes no arguments", f->name);
    return arg->key ? err_set(err, -EINVAL, "%s has no parameter %s: it is %s(%s)", f->name, arg->key, f->name,
                              buf_str(&params))
                    : err_set(err, -EINVAL, "too many arguments: it is %s(%s)", f->name, buf_str(&params));
}

static uint32_t position_of(const struct fixture_info *f, const struct use_arg *arg, uint32_t position)
{
    for (uint32_t i = 0; arg->key && i < f->params.n; i++)
        if (strcmp(f->params.items[i].name, arg->key) == 0)
            return i;
    return arg->key ? f->params.n : position;
}

int resolve_values(const struct fixture_info *f, const struct use *use, struct arena *arena,
                   const char *const **ret_values, struct err *err)
{
    const char **values = arena_alloc(arena, (f->params.n + 1) * sizeof *values);
    for (uint32_t k = 0; k < use->n_args; k++) {
        uint32_t i = position_of(f, &use->args[k], k);
        if (i >= f->params.n)
            return not_its(f, &use->args[k], err);
        if (values[i])
            return err_set(err, -EINVAL, "%s is given twice", f->params.items[i].name);
        int e = argument_check(&f->params.items[i], use->args[k].value, arena, &values[i], err);
        if (e < 0)
            return e;
    }
    for (uint32_t i = 0; i < f->params.n; i++) {
        const struct param_info *p = &f->params.items[i];
        if (!values[i] && !p->fallback)
            return err_set(err, -EINVAL, "%s needs a value for %s", f->name, p->name);
        int e = values[i] ? 0 : argument_check(p, p->fallback, arena, &values[i], err);
        if (e < 0)
            return e;
    }
    *ret_values = values;
    return 0;
}
