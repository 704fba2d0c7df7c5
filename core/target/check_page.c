/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that are pages: where a browser finds one, and what it has. */
#include "target/checking.h"

/* In `name[key]`, as scenarios write it, the key. */
#define KEY "key"

/* A place in the page, in words of the kit `browser`. */
static void put_place(struct target_checker *c, struct scope *scope, const struct node *n, const char *name, json_t *to)
{
    const char *text = template_text(c, scope, n, TEMPLATE_PART);
    put_text(to, name, text ? text : "");
}

/* {NAME: PLACE} under `part` of the page. */
static json_t *take_places(struct target_checker *c, const struct node *page, const char *part, const char *what,
                           struct scope *scope)
{
    json_t *json = json_object();
    const struct node *n = target_map(c, page, part);
    for (uint32_t i = 0; i < n->n; i++) {
        target_name(c, &n->keys[i], what);
        put_place(c, scope, n->items[i], n->keys[i].name, json);
    }
    return json;
}

/* A place alone is short for {at: PLACE}. */
static json_t *take_mark(struct target_checker *c, const struct key *key, const struct node *n, struct scope *scope)
{
    static const char *const known[] = {"at", "words", NULL};
    json_t *json = json_object();
    target_name(c, key, "a mark");
    if (n->kind != NODE_MAP) {
        put_place(c, scope, n, "at", json);
        return json;
    }
    target_keys(c, n, "a mark", known);
    if (!template_put(c, scope, n, "at", json))
        mistake(c->diagnostics, key->at, "%s: `at` says where it is in the page", key->name);
    target_words(c, n, json);
    return json;
}

static json_t *take_marks(struct target_checker *c, const struct node *page, struct scope *scope)
{
    json_t *json = json_object();
    const struct node *n = target_map(c, page, "marks");
    for (uint32_t i = 0; i < n->n; i++)
        put(json, n->keys[i].name, take_mark(c, &n->keys[i], n->items[i], scope));
    return json;
}

/* Names of theirs, without templates. */
static json_t *take_cookies(struct target_checker *c, const struct node *page)
{
    json_t *json = json_object();
    const struct node *n = target_map(c, page, "cookies");
    for (uint32_t i = 0; i < n->n; i++) {
        const char *text = target_text(c, n, n->keys[i].name);
        target_name(c, &n->keys[i], "a cookie");
        put_text(json, n->keys[i].name, text ? text : "");
    }
    return json;
}

json_t *target_page(struct target_checker *c, const struct node *operation, struct scope *scope)
{
    static const char *const known[] = {"path", "base", "shown", "fields", "actions", "marks", "cookies", NULL};
    json_t *json = json_object();
    const struct node *n = node_get(operation, "page");
    struct place at = target_place(operation, "page");
    if (!target_keys(c, n, "a page", known))
        return json;
    autoscope struct scope places = {.outer = &c->values};
    scope_add(&places, KEY, at, false);
    c->asks = c->asks || !node_get(n, "base");
    target_path(c, n, at, scope, json);
    template_put(c, scope, n, "base", json);
    if (!template_put(c, &c->values, n, "shown", json))
        mistake(c->diagnostics, at, "page: `shown` says what is there when this page is shown, and no other");
    put(json, "fields", take_places(c, n, "fields", "a field", &places));
    put(json, "actions", take_places(c, n, "actions", "an action", &places));
    put(json, "marks", take_marks(c, n, &places));
    put(json, "cookies", take_cookies(c, n));
    put(json, "at", target_at(at));
    return json;
}
