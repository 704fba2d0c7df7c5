/* SPDX-License-Identifier: Apache-2.0 */
/* muster.yaml, taken apart. */
#include "settings/settings_file.h"

#include "base/cleanup.h"
#include "base/suggest.h"
#include "data/node.h"

#include <string.h>

struct reading {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const char *profile;
    struct setting *items;
    size_t n, cap;
};

static const char *at_text(struct reading *r, struct place at)
{
    autofree char *text = xasprintf("%s:%u:%u", at.file, at.line, at.column);
    return arena_strdup(r->arena, text);
}

static void add(struct reading *r, const char *section, const char *key, const char *value, struct place at)
{
    GROW(r->items, r->n, r->cap);
    r->items[r->n++] = (struct setting){r->profile, section, key, value, at_text(r, at)};
}

/* A scalar that says something, as it is written. */
static const char *text_of(struct reading *r, const struct node *n, struct place at)
{
    if (n->kind == NODE_SCALAR && !node_is_null(n) && strlen(n->text) > 0)
        return n->text;
    if (n->kind == NODE_SCALAR)
        mistake(r->diagnostics, at, "there is no value");
    else
        mistake(r->diagnostics, at, "this is %s, where a value is wanted", node_describe(n));
    return NULL;
}

static void add_value(struct reading *r, const char *section, const char *key, const struct node *n, struct place at)
{
    const char *text = text_of(r, n, at);
    if (text)
        add(r, section, key, text, at);
}

static void add_pairs(struct reading *r, const char *section, const char *key, const struct node *map)
{
    for (uint32_t i = 0; i < map->n; i++) {
        const char *text = text_of(r, map->items[i], map->keys[i].at);
        autofree char *pair = text ? xasprintf("%s=%s", map->keys[i].name, text) : NULL;
        if (pair)
            add(r, section, key, arena_strdup(r->arena, pair), map->keys[i].at);
    }
}

static void read_values(struct reading *r, const char *section, const char *key, const struct node *n, struct place at)
{
    if (n->kind == NODE_MAP)
        add_pairs(r, section, key, n);
    else if (n->kind == NODE_SCALAR)
        add_value(r, section, key, n, at);
    else
        for (uint32_t i = 0; i < n->n; i++)
            add_value(r, section, key, n->items[i], n->items[i]->at);
}

static bool is_map(struct reading *r, const struct node *n, struct place at, const char *of_what)
{
    if (n->kind == NODE_MAP)
        return true;
    if (!node_is_null(n)) /* "run:" with all of its lines commented out is no mistake */
        mistake(r->diagnostics, at, "this is %s, where a mapping of %s is wanted", node_describe(n), of_what);
    return false;
}

static void read_run(struct reading *r, const struct node *n, struct place at)
{
    if (!is_map(r, n, at, "options of 'muster run' to values"))
        return;
    for (uint32_t i = 0; i < n->n; i++)
        read_values(r, "run", n->keys[i].name, n->items[i], n->keys[i].at);
}

static void read_plugins(struct reading *r, const struct node *n, struct place at)
{
    if (n->kind == NODE_MAP)
        mistake(r->diagnostics, at, "this is a mapping, where a list of paths is wanted");
    else
        read_values(r, "plugins", "", n, at);
}

static void read_profiles(struct reading *r, const struct node *n, struct place at);

static const struct section {
    const char *name;
    void (*read)(struct reading *r, const struct node *n, struct place at);
    bool in_profiles;
} sections[] = {
    {"run", read_run, true},
    {"plugins", read_plugins, true},
    {"profiles", read_profiles, false},
};
#define N_SECTIONS (sizeof sections / sizeof sections[0])

static const struct section *find_section(const char *name)
{
    for (size_t i = 0; i < N_SECTIONS; i++)
        if (strcmp(sections[i].name, name) == 0)
            return &sections[i];
    return NULL;
}

static void refuse_section(struct reading *r, const char *name, struct place at)
{
    bool in_profile = *r->profile;
    struct suggestion s = suggest_start(name);
    for (size_t i = 0; i < N_SECTIONS; i++)
        if (sections[i].in_profiles || !in_profile)
            suggest_offer(&s, sections[i].name);
    const char *where = in_profile ? "a profile has run and plugins" : "there are run, plugins and profiles";
    if (s.best)
        mistake(r->diagnostics, at, "unknown key %s: did you mean %s?", name, s.best);
    else
        mistake(r->diagnostics, at, "unknown key %s: %s", name, where);
}

static void read_sections(struct reading *r, const struct node *map)
{
    for (uint32_t i = 0; i < map->n; i++) {
        const struct section *section = find_section(map->keys[i].name);
        if (section && (section->in_profiles || !*r->profile))
            section->read(r, map->items[i], map->keys[i].at);
        else
            refuse_section(r, map->keys[i].name, map->keys[i].at);
    }
}

static void read_profiles(struct reading *r, const struct node *n, struct place at)
{
    if (!is_map(r, n, at, "profiles' names to what they set"))
        return;
    for (uint32_t i = 0; i < n->n; i++) {
        r->profile = n->keys[i].name;
        add(r, "profiles", "", "", n->keys[i].at);
        if (is_map(r, n->items[i], n->keys[i].at, "what the profile sets"))
            read_sections(r, n->items[i]);
        r->profile = "";
    }
}

int settings_parse(const char *path, const char *text, size_t len, struct arena *arena, struct settings *ret_settings,
                   struct err *err)
{
    struct diagnostics diagnostics = {.arena = arena};
    struct reading r = {.arena = arena, .diagnostics = &diagnostics, .profile = ""};
    const char *name = arena_strdup(arena, path);
    const struct node *root = node_parse(name, text, len, arena, &diagnostics);
    if (root && is_map(&r, root, (struct place){name, 1, 1}, "sections"))
        read_sections(&r, root);
    int e = diagnostics_end(&diagnostics, err);
    if (e < 0)
        err_prefix(err, "%s", path);
    diagnostics_free(&diagnostics);
    struct setting *items = arena_alloc(arena, (r.n + 1) * sizeof *items);
    if (r.n > 0)
        memcpy(items, r.items, r.n * sizeof *items);
    free(r.items);
    *ret_settings = (struct settings){items, (uint32_t)r.n};
    return e;
}

int settings_read(const char *path, struct arena *arena, struct settings *ret_settings, struct err *err)
{
    autobuf struct buf text = {0};
    int e = node_read_text(path, &text, err);
    return e < 0 ? e : settings_parse(path, buf_str(&text), text.len, arena, ret_settings, err);
}
