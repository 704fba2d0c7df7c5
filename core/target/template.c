/* SPDX-License-Identifier: Apache-2.0 */
/* Texts with ${...}, and the names that may stand there. */
#include "base/cleanup.h"
#include "base/suggest.h"
#include "target/checking.h"

#include <stdlib.h>
#include <string.h>

void scope_add(struct scope *s, const char *name, struct place at, bool optional)
{
    GROW(s->items, s->n, s->cap);
    s->items[s->n++] = (struct target_name){.name = name, .at = at, .optional = optional};
}

void scope_free(struct scope *s)
{
    free(s->items);
    *s = (struct scope){0};
}

static struct target_name *find(struct scope *s, const char *name)
{
    for (; s; s = s->outer)
        for (size_t i = s->n; i-- > 0;)
            if (strcmp(s->items[i].name, name) == 0)
                return &s->items[i];
    return NULL;
}

void scope_use(struct scope *s, const char *name)
{
    struct target_name *found = find(s, name);
    if (found)
        found->used = true;
}

static void complain_of_unknown(struct target_checker *c, const struct scope *s, const char *name, struct place at)
{
    struct suggestion nearest = suggest_start(name);
    for (; s; s = s->outer)
        for (size_t i = 0; i < s->n; i++)
            suggest_offer(&nearest, s->items[i].name);
    if (nearest.best)
        mistake(c->diagnostics, at, "${%s}: nothing here sets it; did you mean ${%s}?", name, nearest.best);
    else
        mistake(c->diagnostics, at, "${%s}: nothing here sets it; write $${%s} for the characters themselves", name,
                name);
}

static void take_reference(struct target_checker *c, struct scope *s, const char *name, struct place at,
                           bool may_be_missing)
{
    struct target_name *found = find(s, name);
    if (!found) {
        complain_of_unknown(c, s, name, at);
        return;
    }
    found->used = true;
    if (found->optional && !may_be_missing)
        mistake(c->diagnostics, at,
                "${%s} is optional: it has to be the whole text of an entry, which is left out without it; or give it "
                "a default",
                name);
}

/* Looks at each ${...}; $${ is a plain ${. */
static void check_references(struct target_checker *c, struct scope *s, const char *text, struct place at,
                             enum template_use use)
{
    for (const char *p = text; (p = strstr(p, "${"));) {
        if (p > text && p[-1] == '$') {
            p += 2;
            continue;
        }
        const char *end = strchr(p, '}');
        if (!end) {
            mistake(c->diagnostics, at, "${ without its }; write $${ for the characters themselves");
            return;
        }
        autofree char *name = xstrndup(p + 2, (size_t)(end - p - 2));
        bool alone = p == text && !end[1];
        take_reference(c, s, name, at, alone && use == TEMPLATE_ENTRY);
        p = end + 1;
    }
}

const char *template_text(struct target_checker *c, struct scope *s, const struct node *n, enum template_use use)
{
    if (n->kind != NODE_SCALAR || node_is_null(n)) {
        mistake(c->diagnostics, n->at, "a text has to stand here, not %s", node_describe(n));
        return NULL;
    }
    check_references(c, s, n->text, n->at, use);
    return n->text;
}

json_t *template_tree(struct target_checker *c, struct scope *s, const struct node *n)
{
    json_t *json;
    switch (n->kind) {
    case NODE_LIST:
        json = json_array();
        for (uint32_t i = 0; i < n->n; i++)
            json_array_append_new(json, template_tree(c, s, n->items[i]));
        return json;
    case NODE_MAP:
        json = json_object();
        for (uint32_t i = 0; i < n->n; i++) {
            if (has_reference(n->keys[i].name))
                mistake(c->diagnostics, n->keys[i].at, "%s: keys are taken as they stand, without ${...}",
                        n->keys[i].name);
            put(json, n->keys[i].name, template_tree(c, s, n->items[i]));
        }
        return json;
    default:
        if (n->scalar == SCALAR_TEXT)
            check_references(c, s, n->text, n->at, TEMPLATE_ENTRY);
        return node_scalar_json(n);
    }
}

json_t *template_map(struct target_checker *c, struct scope *s, const struct node *map, const char *name)
{
    json_t *json = json_object();
    const struct node *n = target_map(c, map, name);
    for (uint32_t i = 0; i < n->n; i++) {
        const char *text = template_text(c, s, n->items[i], TEMPLATE_ENTRY);
        put_text(json, n->keys[i].name, text ? text : "");
    }
    return json;
}

bool template_put(struct target_checker *c, struct scope *s, const struct node *map, const char *name, json_t *to)
{
    const struct node *n = node_get(map, name);
    const char *text = n ? template_text(c, s, n, TEMPLATE_PART) : NULL;
    if (text)
        put_text(to, name, text);
    return n;
}

void scope_check_used(struct target_checker *c, const struct scope *s, const char *what)
{
    for (size_t i = 0; i < s->n; i++)
        if (!s->items[i].used)
            mistake(c->diagnostics, s->items[i].at, "%s: nothing uses this %s", s->items[i].name, what);
}
