/* SPDX-License-Identifier: Apache-2.0 */
/* What people call scenarios. */
#include "plan/names.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 10000000 };

static void add(struct names *names, const char *text)
{
    GROW(names->items, names->n, names->cap);
    names->items[names->n++] = text;
}

void names_free(struct names *names)
{
    free(names->items);
    *names = (struct names){0};
}

static bool is_asked_for(const struct catalogue *c, const struct scenario_info *s)
{
    return !c->plugins[s->plugin].provider;
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

size_t names_place(const char *text, uint32_t *ret_line)
{
    size_t end = strlen(text);
    if (end > 0 && text[end - 1] == ':')
        end--;
    size_t digits = end;
    while (digits > 0 && text[digits - 1] >= '0' && text[digits - 1] <= '9')
        digits--;
    if (digits == end || digits < 2 || text[digits - 1] != ':')
        return 0;
    unsigned long line = strtoul(text + digits, NULL, 10);
    *ret_line = line < LINES ? (uint32_t)line : LINES;
    return digits - 1;
}

static const char *without_dot(const char *path, size_t *len)
{
    for (; *len > 2 && path[0] == '.' && path[1] == '/'; *len -= 2)
        path += 2;
    return path;
}

/* One may be the end of the other: sources are named as the compiler was given them. */
static bool is_same_file(const char *a, size_t a_len, const char *b)
{
    size_t b_len = strlen(b);
    a = without_dot(a, &a_len);
    b = without_dot(b, &b_len);
    const char *longer = a_len > b_len ? a : b, *shorter = a_len > b_len ? b : a;
    size_t more = a_len > b_len ? a_len - b_len : b_len - a_len, len = a_len > b_len ? b_len : a_len;
    return len > 0 && memcmp(longer + more, shorter, len) == 0 && (more == 0 || longer[more - 1] == '/');
}

/* The scenarios that the line is in, of each file that bears the name: several may begin at one line. */
struct hits {
    const struct scenario_info **items;
    size_t n, cap;
};

static void take_hit(struct hits *hits, const struct scenario_info *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < hits->n; i++) {
        const struct scenario_info *other = hits->items[i];
        bool is_rival = other->plugin == s->plugin && strcmp(other->file, s->file) == 0;
        if (is_rival && other->line > s->line)
            return; /* then none was dropped: those of one file are at one line */
        if (!is_rival || other->line == s->line)
            hits->items[kept++] = other;
    }
    hits->n = kept;
    GROW(hits->items, hits->n, hits->cap);
    hits->items[hits->n++] = s;
}

static int add_place(struct names *names, const struct catalogue *c, const char *text, size_t len, uint32_t line,
                     struct err *err)
{
    struct hits hits = {0};
    uint32_t first = 0;
    for (size_t i = 0; i < c->n_scenarios; i++) {
        const struct scenario_info *s = &c->scenarios[i];
        if (s->line == 0 || !is_asked_for(c, s) || !is_same_file(text, len, s->file))
            continue;
        first = first == 0 || s->line < first ? s->line : first;
        if (s->line <= line)
            take_hit(&hits, s);
    }
    for (size_t i = 0; i < hits.n; i++)
        add(names, hits.items[i]->id);
    size_t n = hits.n;
    free(hits.items);
    if (n > 0)
        return 0;
    if (first > 0)
        return err_set(err, -ENOENT, "%s: no scenario begins there or above: the first one is at line %u", text, first);
    return err_set(err, -ENOENT, "%s: none of the scenarios found is in a file %.*s", text, (int)len, text);
}

/* ---- bare names -------------------------------------------------------------------------------------------------- */

static bool begins_an_id(const struct catalogue *c, const char *name, size_t len)
{
    if (idmap_get(&c->ids, name, len) != IDMAP_NONE)
        return true;
    for (size_t i = 0; i < c->n_scenarios; i++)
        if (strncmp(c->scenarios[i].id, name, len) == 0 && c->scenarios[i].id[len] == '.')
            return true;
    return false;
}

static bool ends_with_name(const char *id, const char *name, size_t len)
{
    size_t id_len = strlen(id);
    return id_len > len && id[id_len - len - 1] == '.' && memcmp(id + id_len - len, name, len) == 0;
}

static void add_bare(struct names *names, struct catalogue *c, const char *text)
{
    size_t len = strcspn(text, "["), before = names->n;
    bool is_plain = len > 0 && strcspn(text, "*?\\") >= len;
    if (is_plain && !begins_an_id(c, text, len)) {
        for (size_t i = 0; i < c->n_scenarios; i++) {
            const struct scenario_info *s = &c->scenarios[i];
            if (!is_asked_for(c, s) || !ends_with_name(s->id, text, len))
                continue;
            size_t id_len = strlen(s->id), rest = strlen(text + len) + 1;
            char *id = arena_alloc(&c->arena, id_len + rest);
            memcpy(id, s->id, id_len);
            memcpy(id + id_len, text + len, rest);
            add(names, id);
        }
    }
    if (names->n == before)
        add(names, text);
}

int names_add(struct names *names, struct catalogue *c, const char *text, struct err *err)
{
    uint32_t line;
    size_t len = names_place(text, &line);
    if (len > 0)
        return add_place(names, c, text, len, line, err);
    add_bare(names, c, text);
    return 0;
}
