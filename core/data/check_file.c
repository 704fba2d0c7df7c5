/* SPDX-License-Identifier: Apache-2.0 */
/* A whole file: its head, what it includes, its groups and its scenarios. */
#include "base/cleanup.h"
#include "base/suggest.h"
#include "data/check_scenario.h"
#include "plan/threshold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_INCLUDES = 100 };

struct sources {
    const struct node **vars;
    size_t n_vars, cap_vars;
    const char **included;
    size_t n_included, cap_included;
};

/* Beside the file that names it. */
static const char *path_beside(struct checker *c, const char *name, const char *from)
{
    const char *slash = strrchr(from, '/');
    if (*name == '/' || !slash)
        return arena_strdup(c->arena, name);
    autofree char *path = xasprintf("%.*s/%s", (int)(slash - from), from, name);
    return arena_strdup(c->arena, path);
}

const struct node *check_read(struct checker *c, const char *name, struct place from)
{
    const char *path = path_beside(c, name, from.file);
    struct checked_file *f = c->file;
    GROW(f->others, f->n_others, f->cap_others);
    f->others[f->n_others++] = path;
    return node_read(path, from, c->arena, c->diagnostics);
}

/* ---- groups ---- */

static void define(struct checker *c, const struct key *key, const struct node *n, bool included)
{
    static const char *const known[] = {"description", "parameters", "steps", NULL};
    size_t n_params;
    for (size_t i = 0; i < c->n_defined; i++) {
        if (strcmp(c->defined[i].name, key->name) != 0)
            continue;
        mistake(c->diagnostics, key->at, "%s is defined twice; the first is in %s:%u", key->name, c->defined[i].at.file,
                c->defined[i].at.line);
        return;
    }
    if (!check_variable_name(c, key->name, key->at) || !check_keys(c, n, "a group of steps", known))
        return;
    const struct node *steps = node_get(n, "steps");
    if (!steps)
        mistake(c->diagnostics, key->at, "%s has no steps", key->name);
    GROW(c->defined, c->n_defined, c->cap_defined);
    c->defined[c->n_defined++] = (struct defined){.name = key->name,
                                                  .at = key->at,
                                                  .params = check_declared(c, node_get(n, "parameters"), &n_params),
                                                  .steps = steps,
                                                  .included = included};
}

static void take_definitions(struct checker *c, const struct node *n, bool included)
{
    const struct node *definitions = node_get(n, "define");
    if (definitions && definitions->kind != NODE_MAP)
        mistake(c->diagnostics, definitions->at, "define: wants a map of names to groups of steps");
    for (uint32_t i = 0; definitions && definitions->kind == NODE_MAP && i < definitions->n; i++)
        define(c, &definitions->keys[i], definitions->items[i], included);
}

/* A group that no scenario of this file uses is looked at too. */
static void check_unused(struct checker *c, const struct sources *s, const struct node *root)
{
    const struct node *scenarios = node_get(root, "scenarios"), *defaults = node_get(root, "defaults");
    for (size_t i = 0; i < c->n_defined; i++) {
        const struct defined *d = &c->defined[i];
        if (d->used || d->included || !d->steps)
            continue;
        scenario_begin(c);
        if (defaults)
            check_uses(c, defaults, NULL);
        for (uint32_t k = 0; scenarios && scenarios->kind == NODE_MAP && k < scenarios->n; k++)
            check_uses(c, scenarios->items[k], NULL);
        for (size_t k = 0; k < s->n_vars; k++)
            check_variables(c, s->vars[k]);
        c->n_shared = c->floor = c->n_names;
        for (const struct muster_param *const *p = d->params; *p; p++)
            name_add(c, (*p)->name, FROM_VARIABLE, (*p)->type);
        c->body = d->steps;
        check_steps(c, d->steps, d->name);
    }
}

/* ---- included files ---- */

static void take_includes(struct checker *c, const struct node *n, struct sources *s);

static bool is_included(const struct sources *s, const char *path)
{
    for (size_t i = 0; i < s->n_included; i++)
        if (strcmp(s->included[i], path) == 0)
            return true;
    return false;
}

static void include(struct checker *c, const struct node *name, struct sources *s)
{
    static const char *const known[] = {"description", "include", "vars", "define", "data", NULL};
    if (name->kind != NODE_SCALAR || !*name->text) {
        mistake(c->diagnostics, name->at, "include: wants a file, not %s", node_describe(name));
        return;
    }
    const char *path = path_beside(c, name->text, name->at.file);
    autofree char *plain = realpath(path, NULL);
    path = plain ? arena_strdup(c->arena, plain) : path;
    if (is_included(s, path))
        return; /* twice is once, and a circle ends */
    if (s->n_included == MOST_INCLUDES) {
        mistake(c->diagnostics, name->at, "more than %d files are included", MOST_INCLUDES);
        return;
    }
    GROW(s->included, s->n_included, s->cap_included);
    s->included[s->n_included++] = path;
    const struct node *root = check_read(c, name->text, name->at);
    if (!root || !check_keys(c, root, "an included file", known))
        return;
    take_includes(c, root, s);
    take_definitions(c, root, true);
    if (node_get(root, "vars")) {
        GROW(s->vars, s->n_vars, s->cap_vars);
        s->vars[s->n_vars++] = node_get(root, "vars");
    }
}

static void take_includes(struct checker *c, const struct node *n, struct sources *s)
{
    const struct node *includes = node_get(n, "include");
    if (!includes)
        return;
    if (includes->kind == NODE_SCALAR)
        include(c, includes, s);
    else if (includes->kind == NODE_MAP)
        mistake(c->diagnostics, includes->at, "include: wants a list of files");
    for (uint32_t i = 0; includes->kind == NODE_LIST && i < includes->n; i++)
        include(c, includes->items[i], s);
}

/* ---- the head ---- */

static bool is_dotted(const char *s)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789-";
    for (;;) {
        size_t n = strspn(s, all);
        if (n == 0 || !strchr(letters, *s))
            return false;
        if (!s[n])
            return true;
        if (s[n] != '.')
            return false;
        s += n + 1;
    }
}

/* "test-scenarios" of "a/test-scenarios.yaml"; what a name can't have becomes _. */
static const char *name_from(struct checker *c, const char *path)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    size_t len = strcspn(base, ".");
    autofree char *plain = xstrndup(base, len);
    bool digit = *plain >= '0' && *plain <= '9';
    autofree char *name = xasprintf("%s%s", digit || *plain == '-' || !*plain ? "_" : "", plain);
    for (char *p = name; *p; p++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789-", *p))
            *p = '_';
    return arena_strdup(c->arena, name);
}

static void take_head(struct checker *c, const struct node *root, const char *path, struct checked_file *f)
{
    const char *name = check_text(c, root, "name"), *summary = check_text(c, root, "description");
    const struct node *version = node_get(root, "version");
    if (name && !is_dotted(name))
        mistake(c->diagnostics, node_get(root, "name")->at,
                "name: %s is not made of words of A-Z, a-z, 0-9, _ and - with dots between", name);
    if (version && (version->kind != NODE_SCALAR || !*version->text)) /* 1.0 without quotes will do: as written */
        mistake(c->diagnostics, version->at, "version: wants a text, not %s", node_describe(version));
    f->name = name ? name : name_from(c, path);
    f->version = version && version->kind == NODE_SCALAR ? version->text : "0.0.0";
    f->summary = summary ? summary : "";
}

static void check_defaults(struct checker *c, const struct node *defaults)
{
    static const char *const known[] = {"timeout", "finally_timeout", "retries", "retry_delay", "markers", "uses",
                                        NULL};
    check_keys(c, defaults, "defaults", known);
}

/* A mistake's column is that of the text in the file, and its message has the one in the text. */
static void take_thresholds(struct checker *c, const struct node *root, struct checked_file *f)
{
    const struct node *list = node_get(root, "thresholds");
    uint32_t n = list && list->kind == NODE_LIST ? list->n : 0, taken = 0;
    const char **texts = arena_alloc(c->arena, (n + 1) * sizeof *texts);
    if (list && list->kind != NODE_LIST)
        mistake(c->diagnostics, list->at, "thresholds: wants a list, as [\"query.time < 2 s\"]");
    for (uint32_t i = 0; i < n; i++) {
        const struct node *item = list->items[i];
        struct threshold t = {0};
        autoerr struct err err = {0};
        if (item->kind != NODE_SCALAR)
            mistake(c->diagnostics, item->at, "thresholds: wants texts, not %s", node_describe(item));
        else if (threshold_parse(item->text, c->arena, &t, &err) < 0)
            mistake(c->diagnostics, item->at, "thresholds: %s", err_text(&err));
        else if (t.off)
            mistake(c->diagnostics, item->at, "thresholds: off is for the command line");
        else
            texts[taken++] = item->text;
    }
    f->thresholds = texts;
}

static void take_scenarios(struct checker *c, const struct node *root, const struct sources *s, struct checked_file *f)
{
    const struct node *scenarios = node_get(root, "scenarios"), *defaults = node_get(root, "defaults");
    const struct scenario_context in = {defaults && defaults->kind == NODE_MAP ? defaults : NULL, s->vars, s->n_vars};
    if (defaults)
        check_defaults(c, defaults);
    if (!scenarios || scenarios->kind != NODE_MAP || scenarios->n == 0) {
        mistake(c->diagnostics, scenarios ? scenarios->at : root->at,
                "no scenarios in this file: `scenarios:` wants a map of names to scenarios");
        return;
    }
    for (uint32_t i = 0; i < scenarios->n; i++) {
        GROW(f->scenarios, f->n, f->cap);
        f->scenarios[f->n] = (struct checked_scenario){0};
        check_scenario(c, &scenarios->keys[i], scenarios->items[i], &in, &f->scenarios[f->n]);
        f->n++;
    }
}

static void free_checker(struct checker *c, struct sources *s)
{
    free(c->names);
    free(c->variables);
    free(c->fixtures);
    free(c->step_uses);
    free(c->needs);
    free(c->outside);
    free(c->defined);
    free(s->vars);
    free(s->included);
}

int check_file(const char *path, const struct node *root, const struct library *library, struct diagnostics *m,
               struct checked_file *f)
{
    static const char *const known[] = {"name",     "version", "description", "plugins", "include",    "vars",
                                        "defaults", "define",  "scenarios",   "data",    "thresholds", NULL};
    struct sources s = {0};
    struct checker c = {
        .arena = &f->arena, .diagnostics = m, .library = library, .root = root, .pool = &f->pool, .file = f};
    if (check_keys(&c, root, "the file", known) || root->kind == NODE_MAP) {
        take_head(&c, root, path, f);
        take_thresholds(&c, root, f);
        take_includes(&c, root, &s);
        take_definitions(&c, root, false);
        if (node_get(root, "vars")) {
            GROW(s.vars, s.n_vars, s.cap_vars);
            s.vars[s.n_vars++] = node_get(root, "vars");
        }
        take_scenarios(&c, root, &s, f);
        check_unused(&c, &s, root);
    }
    free_checker(&c, &s);
    return m->n > 0 ? -EINVAL : 0;
}

void checked_file_free(struct checked_file *f)
{
    free(f->scenarios);
    free(f->others);
    pool_free(&f->pool);
    arena_free(&f->arena);
    *f = (struct checked_file){0};
}
