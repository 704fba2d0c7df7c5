/* SPDX-License-Identifier: Apache-2.0 */
/* A whole target file: its head, its values and words, and its parts in the order in which they know each other. */
#include "target/checking.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <string.h>

static void take_head(struct target_checker *c)
{
    const char *name = target_text(c, c->root, "target"), *summary = target_text(c, c->root, "summary");
    const char *fixture = target_text(c, c->root, "fixture");
    if (!node_get(c->root, "target"))
        mistake(c->diagnostics, c->root->at, "the file has no name: `target: NAME`");
    if (name)
        target_name(c, &(struct key){name, node_get(c->root, "target")->at}, "a target");
    put_text(c->document, "target", name ? name : "");
    put_text(c->document, "file", c->root->at.file);
    put_text(c->document, "summary", summary ? summary : "");
    if (fixture) {
        target_name(c, &(struct key){fixture, node_get(c->root, "fixture")->at}, "a fixture");
        put_text(c->document, "fixture", fixture);
    }
}

/* A scalar is short for {default: SCALAR}; nothing, for {}. */
static json_t *take_value(struct target_checker *c, const struct key *key, const struct node *n)
{
    static const char *const known[] = {"summary", "secret", "default", NULL};
    json_t *json = json_object();
    const struct node *otherwise = n->kind == NODE_SCALAR && !node_is_null(n) ? n : NULL;
    const char *summary = NULL;
    bool secret = false;
    target_name(c, key, "a value");
    if (n->kind == NODE_LIST || (n->kind == NODE_MAP && target_keys(c, n, "a value", known))) {
        if (n->kind == NODE_LIST)
            mistake(c->diagnostics, n->at, "%s: a value is a text, or a map, not a list", key->name);
        summary = target_text(c, n, "summary");
        secret = target_bool(c, n, "secret", false);
        otherwise = node_get(n, "default");
    }
    put_text(json, "summary", summary ? summary : "");
    put(json, "secret", json_boolean(secret));
    if (otherwise && otherwise->kind != NODE_SCALAR)
        mistake(c->diagnostics, otherwise->at, "default: wants a text, not %s", node_describe(otherwise));
    else if (otherwise && secret)
        mistake(c->diagnostics, otherwise->at,
                "%s is a secret, which does not stand in a file: it comes from --set %s=@FILE or from the fixture",
                key->name, key->name);
    else if (otherwise)
        put_text(json, "default", otherwise->text);
    put(json, "at", target_at(key->at));
    return json;
}

static void take_values(struct target_checker *c)
{
    json_t *all = json_object();
    const struct node *values = target_map(c, c->root, "values");
    for (uint32_t i = 0; i < values->n; i++) {
        put(all, values->keys[i].name, take_value(c, &values->keys[i], values->items[i]));
        scope_add(&c->values, values->keys[i].name, values->keys[i].at, false);
    }
    put(c->document, "values", all);
}

/* Theirs to ours. Back from ours to theirs there is one way at most: the first. */
static json_t *take_table(struct target_checker *c, const struct key *key, const struct node *n)
{
    json_t *json = json_object();
    target_name(c, key, "a table of words");
    if (n->kind != NODE_MAP) {
        mistake(c->diagnostics, n->at, "%s: a table of words is a map of theirs to ours, not %s", key->name,
                node_describe(n));
        return json;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        if (n->items[i]->kind == NODE_SCALAR && !node_is_null(n->items[i]))
            put_text(json, n->keys[i].name, n->items[i]->text);
        else
            mistake(c->diagnostics, n->items[i]->at, "%s: a word is a text, not %s", n->keys[i].name,
                    node_describe(n->items[i]));
    }
    return json;
}

static void take_words(struct target_checker *c)
{
    json_t *all = json_object();
    const struct node *words = target_map(c, c->root, "words");
    for (uint32_t i = 0; i < words->n; i++)
        put(all, words->keys[i].name, take_table(c, &words->keys[i], words->items[i]));
    put(c->document, "words", all);
}

void target_file(struct target_checker *c)
{
    static const char *const known[] = {"extends", "target", "summary",    "fixture", "values",     "http", "words",
                                        "errors",  "logins", "identities", "roles",   "operations", NULL};
    if (!target_keys(c, c->root, "a target file", known))
        return;
    take_head(c);
    take_values(c);
    take_words(c);
    json_t *http = target_http(c);
    put(c->document, "http", http);
    put(c->document, "errors", target_errors(c, c->root));
    put(c->document, "logins", target_logins(c));
    put(c->document, "identities", target_identities(c));
    put(c->document, "roles", target_roles(c));
    target_operations(c);
    if (c->asks && !json_object_get(http, "base"))
        mistake(c->diagnostics, node_get(c->root, "http") ? target_place(c->root, "http") : c->root->at,
                "http: `base` says where requests go, as in http://127.0.0.1:8080");
}
