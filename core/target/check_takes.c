/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments: what is taken, and what is given. */
#include "base/cleanup.h"
#include "base/suggest.h"
#include "target/checking.h"

#include <exact.h>
#include <string.h>

static const char *const types[] = {"str", "int", "float", "bool", "json", NULL};

static bool fits(const json_t *value, const char *type)
{
    if (strcmp(type, "str") == 0)
        return exact_is_string(value);
    if (strcmp(type, "int") == 0)
        return exact_is_integer(value);
    if (strcmp(type, "float") == 0)
        return exact_is_number(value);
    return strcmp(type, "bool") == 0 ? json_is_boolean(value) : true;
}

static const char *describe(const char *type)
{
    static const char *const names[] = {"a text", "an integer", "a number", "true or false", "anything"};
    for (size_t i = 0; types[i]; i++)
        if (strcmp(types[i], type) == 0)
            return names[i];
    return "a text";
}

static void check_type(struct target_checker *c, const struct node *n, const json_t *value, const char *type,
                       const char *what)
{
    bool alone = n->kind == NODE_SCALAR && n->text[0] == '$' && n->text[1] == '{' && strchr(n->text, '}') &&
                 !strchr(n->text, '}')[1]; /* keeps the type of what it stands for */
    if (alone || fits(value, type))
        return;
    bool number = n->kind == NODE_SCALAR && strcmp(type, "str") == 0 && !node_is_null(n);
    mistake(c->diagnostics, n->at, "%s: wants %s, not %s%s%s%s", what, describe(type), node_describe(n),
            number ? ": put " : "", number ? n->text : "", number ? " into quotes" : "");
}

/* A secret that stands in a file is none. */
static bool is_literal_secret(const struct node *n)
{
    return n->kind != NODE_SCALAR || !has_reference(n->text);
}

static void take_default(struct target_checker *c, const struct key *key, const struct node *n, const char *type,
                         bool secret, json_t *to)
{
    const struct node *value = node_get(n, "default");
    if (!value)
        return;
    json_t *json = template_tree(c, &c->values, value);
    check_type(c, value, json, type, "default");
    put(to, "default", json);
    if (secret && is_literal_secret(value))
        mistake(c->diagnostics, value->at, "%s is a secret, which does not stand in a file: take it from a value",
                key->name);
    if (node_get(n, "optional"))
        mistake(c->diagnostics, target_place(n, "optional"), "optional: with a default it is never missing");
}

static void take_in_full(struct target_checker *c, const struct key *key, const struct node *n, json_t *to,
                         bool *ret_optional)
{
    static const char *const known[] = {"type", "default", "optional", "words", "of", "secret", "summary", NULL};
    if (!target_keys(c, n, "an argument", known))
        return;
    const char *type = target_word(c, n, "type", types, NULL), *words = target_text(c, n, "words");
    if (!node_get(n, "type"))
        mistake(c->diagnostics, key->at, "%s has no type: it is one of str, int, float, bool, json", key->name);
    bool secret = target_bool(c, n, "secret", false);
    *ret_optional = target_bool(c, n, "optional", false) && !node_get(n, "default");
    put_text(to, "type", type ? type : "json");
    take_default(c, key, n, type ? type : "json", secret, to);
    put(to, "optional", json_boolean(*ret_optional));
    if (words) {
        if (!json_object_get(json_object_get(c->document, "words"), words))
            target_unknown(c, node_get(n, "words")->at, "table of words", words, json_object_get(c->document, "words"));
        if (type && strcmp(type, "str") != 0)
            mistake(c->diagnostics, target_place(n, "words"), "words: only a str has words");
        put_text(to, "words", words);
    }
    const char *of = target_text(c, n, "of"), *summary = target_text(c, n, "summary");
    if (of)
        put_text(to, "of", of);
    put(to, "secret", json_boolean(secret));
    put_text(to, "summary", summary ? summary : "");
}

/* `str` is short for {type: str}. */
static void take_in_short(struct target_checker *c, const struct node *n, json_t *to)
{
    const struct key key = {"type", n->at};
    const struct node *const items[] = {n};
    const struct node full = {
        .kind = NODE_MAP, .n = 1, .at = n->at, .items = (const struct node **)items, .keys = &key};
    put_text(to, "type", target_word(c, &full, "type", types, "json"));
    put(to, "optional", json_false());
    put(to, "secret", json_false());
    put_text(to, "summary", "");
}

json_t *target_takes(struct target_checker *c, const struct node *map, struct scope *scope)
{
    json_t *all = json_object();
    const struct node *takes = target_map(c, map, "takes");
    for (uint32_t i = 0; i < takes->n; i++) {
        const struct key *key = &takes->keys[i];
        json_t *one = json_object();
        bool optional = false;
        target_name(c, key, "an argument");
        if (takes->items[i]->kind == NODE_MAP)
            take_in_full(c, key, takes->items[i], one, &optional);
        else
            take_in_short(c, takes->items[i], one);
        put(one, "at", target_at(key->at));
        put(all, key->name, one);
        scope_add(scope, key->name, key->at, optional);
    }
    return all;
}

static bool is_among(const char *const *list, const char *name)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list;
}

static void take_argument(struct target_checker *c, const struct key *key, const struct node *n, const char *callee,
                          const json_t *takes, struct scope *scope, json_t *to)
{
    const char *type = json_string_value(json_object_get(takes, "type"));
    autofree char *what = xasprintf("%s: %s", callee, key->name);
    json_t *value = template_tree(c, scope, n);
    check_type(c, n, value, type ? type : "json", what);
    put(to, key->name, value);
    if (json_is_true(json_object_get(takes, "secret")) && is_literal_secret(n))
        mistake(c->diagnostics, n->at, "%s is a secret, which does not stand in a file: take it from a value",
                key->name);
}

void target_arguments(struct target_checker *c, const struct node *map, struct place at, const char *callee,
                      json_t *takes, struct scope *scope, const char *const *besides, json_t *to)
{
    for (uint32_t i = 0; i < map->n; i++) {
        const struct key *key = &map->keys[i];
        const json_t *taken = json_object_get(takes, key->name);
        if (is_among(besides, key->name))
            continue;
        if (taken) {
            take_argument(c, key, map->items[i], callee, taken, scope, to);
            continue;
        }
        autofree char *what = xasprintf("argument of %s:", callee);
        target_unknown(c, key->at, what, key->name, takes);
    }
    const char *name;
    json_t *taken;
    json_object_foreach(takes, name, taken)
    {
        bool required = !json_object_get(taken, "default") && !json_is_true(json_object_get(taken, "optional"));
        if (required && !node_get(map, name))
            mistake(c->diagnostics, at, "%s lacks its argument %s (%s)", callee, name,
                    json_string_value(json_object_get(taken, "type")));
    }
}
