/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken out of answers: results, and the names of refusals. */
#include "target/checking.h"

#include <exact.h>
#include <string.h>

static const char *const types[] = {"str", "int", "float", "bool", "json", NULL};

void target_words(struct target_checker *c, const struct node *n, json_t *to)
{
    const char *words = target_text(c, n, "words");
    if (!words)
        return;
    if (!json_object_get(json_object_get(c->document, "words"), words))
        target_unknown(c, node_get(n, "words")->at, "table of words", words, json_object_get(c->document, "words"));
    put_text(to, "words", words);
}

static void take_source(struct target_checker *c, const struct node *n, const char *source, struct scope *scope,
                        enum result_use use, json_t *to)
{
    const struct node *value = node_get(n, source);
    if (strcmp(source, "at") == 0) {
        put_text(to, "pointer", target_pointer(c, value));
    } else if (strcmp(source, "count") == 0) {
        put_text(to, "count", target_pointer(c, value));
    } else if (strcmp(source, "each") == 0) {
        put_text(to, "each", target_pointer(c, value));
        put(to, "result", target_results(c, n, "result", scope, RESULT_OF_ITEM));
    } else if (strcmp(source, "header") == 0) {
        const char *name = target_text(c, n, "header");
        put_text(to, "header", name ? name : "");
    } else if (strcmp(source, "value") == 0) {
        put(to, "value", template_tree(c, scope, value));
    } else {
        if (!target_bool(c, n, source, true))
            mistake(c->diagnostics, value->at, "%s: false takes nothing out of the answer; write true", source);
        put(to, source, json_true());
    }
    bool of_answer = strcmp(source, "header") == 0 || strcmp(source, "body") == 0 || strcmp(source, "status") == 0;
    if (of_answer && use == RESULT_OF_ITEM)
        mistake(c->diagnostics, target_place(n, source), "%s: an item of a list has none; the whole answer has",
                source);
    if (strcmp(source, "each") == 0 && use == RESULT_SAVED)
        mistake(c->diagnostics, target_place(n, source), "each: a list of objects can't be saved, only be a result");
}

/* The one key that says where the result comes from; NULL after a mistake. */
static const char *find_source(struct target_checker *c, const struct key *key, const struct node *n)
{
    static const char *const sources[] = {"at", "each", "count", "header", "value", "body", "status", NULL};
    const char *found = NULL;
    for (const char *const *s = sources; *s; s++) {
        if (!node_get(n, *s))
            continue;
        if (found)
            mistake(c->diagnostics, target_place(n, *s), "%s beside %s: a result comes from one of them", *s, found);
        found = found ? found : *s;
    }
    if (!found)
        mistake(c->diagnostics, key->at,
                "%s comes from nowhere: it wants one of at, each, count, header, value, body, status", key->name);
    return found;
}

/* What the answer's bytes have to be made a text by. */
static void take_decoding(struct target_checker *c, const struct node *n, bool of_body, json_t *to)
{
    static const char *const decodings[] = {"docker-stream", NULL};
    if (!node_get(n, "decode"))
        return;
    if (!of_body)
        mistake(c->diagnostics, target_place(n, "decode"), "decode: stands with body");
    put_text(to, "decode", target_word(c, n, "decode", decodings, decodings[0]));
}

static void take_in_full(struct target_checker *c, const struct key *key, const struct node *n, struct scope *scope,
                         enum result_use use, json_t *to)
{
    static const char *const known[] = {"at",     "each", "result", "count",  "header",   "value",  "body",
                                        "status", "type", "words",  "decode", "optional", "secret", NULL};
    static const char *const of_scalars[] = {"type", "words", "optional", "secret"};
    target_keys(c, n, "a result", known);
    const char *source = find_source(c, key, n);
    if (!source)
        return;
    take_source(c, n, source, scope, use, to);
    bool each = strcmp(source, "each") == 0;
    for (size_t i = 0; each && i < ARRAY_LEN(of_scalars); i++)
        if (node_get(n, of_scalars[i]))
            mistake(c->diagnostics, target_place(n, of_scalars[i]), "%s: a list of objects has none; its results have",
                    of_scalars[i]);
    if (each)
        return;
    if (node_get(n, "result"))
        mistake(c->diagnostics, target_place(n, "result"), "result: stands with each");
    take_decoding(c, n, strcmp(source, "body") == 0, to);
    put_text(to, "type", target_word(c, n, "type", types, "json"));
    put(to, "optional", json_boolean(target_bool(c, n, "optional", false)));
    put(to, "secret", json_boolean(target_bool(c, n, "secret", false)));
    target_words(c, n, to);
}

json_t *target_results(struct target_checker *c, const struct node *map, const char *name, struct scope *scope,
                       enum result_use use)
{
    json_t *all = json_object();
    const struct node *results = target_map(c, map, name);
    if (use == RESULT_OF_ITEM && results->n == 0)
        mistake(c->diagnostics, target_place(map, "each"), "each: wants `result`, what is taken out of each item");
    for (uint32_t i = 0; i < results->n; i++) {
        const struct key *key = &results->keys[i];
        json_t *one = json_object();
        target_name(c, key, "a result");
        if (results->items[i]->kind == NODE_MAP) {
            take_in_full(c, key, results->items[i], scope, use, one);
        } else {
            put_text(one, "pointer", target_pointer(c, results->items[i]));
            put_text(one, "type", "json");
            put(one, "optional", json_false());
            put(one, "secret", json_false());
        }
        put(one, "at", target_at(key->at));
        put(all, key->name, one);
    }
    return all;
}

/* ---- errors ---- */

static void take_status(struct target_checker *c, const struct node *n, json_t *to)
{
    const struct node *const single[] = {n};
    const struct node *const *items = n->kind == NODE_LIST ? n->items : single;
    uint32_t count = n->kind == NODE_LIST ? n->n : 1;
    for (uint32_t i = 0; i < count; i++) {
        json_t *status = items[i]->kind == NODE_SCALAR ? node_scalar_json(items[i]) : NULL;
        bool ok = json_is_integer(status) && json_integer_value(status) >= 100 && json_integer_value(status) <= 599;
        if (!ok)
            mistake(c->diagnostics, items[i]->at, "a status of HTTP is a number from 100 to 599, not %s",
                    items[i]->kind == NODE_SCALAR && *items[i]->text ? items[i]->text : node_describe(items[i]));
        else
            json_array_append(to, status);
        json_decref(status);
    }
}

json_t *target_statuses(struct target_checker *c, const struct node *map, const char *name)
{
    json_t *list = json_array();
    const struct node *n = node_get(map, name);
    if (n)
        take_status(c, n, list);
    return list;
}

json_t *target_values(const struct node *n)
{
    json_t *json = node_json(n);
    if (n->kind == NODE_LIST)
        return json;
    json_t *list = json_array();
    json_array_append_new(list, json);
    return list;
}

/* What a refusal tells besides; none of it has to be there. */
static json_t *take_details(struct target_checker *c, const struct node *n)
{
    json_t *results = target_results(c, n, "result", &c->values, RESULT_OF_ANSWER), *one;
    const char *name;
    json_object_foreach(results, name, one) put(one, "optional", json_true());
    return results;
}

static json_t *take_error(struct target_checker *c, const struct key *key, const struct node *n)
{
    static const char *const known[] = {"status", "body", "result", NULL};
    json_t *one = json_object(), *body = json_object();
    target_name(c, key, "an error");
    put_text(one, "name", key->name);
    bool map = target_keys(c, n, "an error", known);
    put(one, "status", map ? target_statuses(c, n, "status") : json_array());
    const struct node *wanted = target_map(c, n, "body");
    for (uint32_t i = 0; i < wanted->n; i++) {
        const struct node pointer = {.kind = NODE_SCALAR,
                                     .scalar = SCALAR_TEXT,
                                     .at = wanted->keys[i].at,
                                     .text = wanted->keys[i].name,
                                     .value = wanted->keys[i].name};
        target_pointer(c, &pointer);
        put(body, wanted->keys[i].name, target_values(wanted->items[i]));
    }
    put(one, "body", body);
    put(one, "result", map ? take_details(c, n) : json_object());
    put(one, "at", target_at(key->at));
    if (map && !node_get(n, "status") && wanted->n == 0)
        mistake(c->diagnostics, key->at, "%s: by what it is known has to be said: status, body, or both", key->name);
    return one;
}

json_t *target_errors(struct target_checker *c, const struct node *map)
{
    json_t *list = json_array();
    const struct node *errors = target_map(c, map, "errors");
    for (uint32_t i = 0; i < errors->n; i++)
        json_array_append_new(list, take_error(c, &errors->keys[i], errors->items[i]));
    return list;
}
