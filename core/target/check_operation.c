/* SPDX-License-Identifier: Apache-2.0 */
/* Operations, and how the end of what they begin is waited for. */
#include "target/checking.h"

#include "base/cleanup.h"
#include "base/suggest.h"

#include <string.h>

enum { WITHIN_MS = 30 * 1000, EVERY_MS = 200 };

/* Words of A-Z, a-z, 0-9, _ and - with dots between, at least one: so none looks like a step. */
static void check_dotted(struct target_checker *c, const struct key *key)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789-";
    const char *s = key->name;
    bool ok = strchr(s, '.');
    while (ok) {
        size_t n = strspn(s, all);
        ok = n > 0 && strchr(letters, *s) && (!s[n] || s[n] == '.');
        if (!ok || !s[n])
            break;
        s += n + 1;
    }
    if (!ok)
        mistake(c->diagnostics, key->at, "%s: an operation's name is a thing and what is done to it, as tenant.create",
                key->name);
}

static bool takes_something_of(const json_t *takes)
{
    const char *name;
    json_t *one;
    json_object_foreach((json_t *)takes, name, one) if (json_object_get(one, "of")) return true;
    return false;
}

/* Only looks, and at nobody's thing in particular. */
static bool is_harmless(const json_t *json)
{
    const json_t *requests = json_object_get(json, "requests");
    for (size_t i = 0; i < json_array_size(requests); i++) {
        const char *method = json_string_value(json_object_get(json_array_get(requests, i), "method"));
        if (!method || (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0))
            return false;
    }
    return json_array_size(requests) > 0 && !takes_something_of(json_object_get(json, "takes"));
}

static void take_answers(struct target_checker *c, struct operation *o)
{
    const struct node *n = o->node;
    bool socket = node_get(n, "websocket"), request = node_get(n, "request") || node_get(n, "requests");
    put(o->json, "requests", target_requests(c, n, &o->saved));
    if (socket)
        put(o->json, "websocket", target_websocket(c, n, &o->saved));
    if (socket && request)
        mistake(c->diagnostics, target_place(n, "websocket"),
                "websocket beside a request: an operation is one of them");
    if (socket && node_get(n, "result"))
        mistake(c->diagnostics, target_place(n, "result"), "result: a WebSocket has messages, and no answer");
    if (!socket && !request)
        mistake(c->diagnostics, o->key->at, "%s asks for nothing: it wants request, requests, websocket or page",
                o->key->name);
    put(o->json, "result", target_results(c, n, "result", &o->saved, RESULT_OF_ANSWER));
}

/* What only answers have. */
static void take_page(struct target_checker *c, struct operation *o)
{
    static const char *const others[] = {"request", "requests", "websocket", "result", "wait", "errors", "safe", NULL};
    put(o->json, "requests", json_array());
    put(o->json, "page", target_page(c, o->node, &o->takes));
    put(o->json, "result", json_object());
    for (const char *const *other = others; *other; other++)
        if (node_get(o->node, *other))
            mistake(c->diagnostics, target_place(o->node, *other),
                    "%s beside page: a browser looks at a page, and no answer", *other);
}

static void take_operation(struct target_checker *c, struct operation *o)
{
    static const char *const known[] = {"summary", "takes", "request", "requests", "websocket", "page",
                                        "result",  "wait",  "errors",  "safe",     "allowed",   NULL};
    const struct node *n = o->node;
    check_dotted(c, o->key);
    if (!target_keys(c, n, "an operation", known))
        return;
    const char *summary = target_text(c, n, "summary");
    put_text(o->json, "summary", summary ? summary : "");
    put(o->json, "takes", target_takes(c, n, &o->takes));
    if (node_get(n, "page"))
        take_page(c, o);
    else
        take_answers(c, o);
    put(o->json, "wait", json_null());
    put(o->json, "errors", target_errors(c, n));
    bool anyone = false;
    put(o->json, "allowed", target_allowed(c, n, &anyone));
    put(o->json, "anyone", json_boolean(anyone));
    put(o->json, "safe", json_boolean(target_bool(c, n, "safe", is_harmless(o->json))));
    put(o->json, "at", target_at(o->key->at));
}

/* ---- waiting ---- */

static bool has_error(const json_t *errors, const char *name)
{
    for (size_t i = 0; i < json_array_size(errors); i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(errors, i), "name")), name) == 0)
            return true;
    return false;
}

/* A word that the result never has would be waited for in vain: theirs in place of ours, or a slip of ours. One that
 * the table says nothing of may be as the platform has it. */
static void check_word(struct target_checker *c, const struct node *n, const json_t *words)
{
    const char *text = n->kind == NODE_SCALAR ? n->text : "", *theirs;
    struct suggestion s = suggest_start(text);
    json_t *ours;
    json_object_foreach((json_t *)words, theirs, ours)
    {
        if (strcmp(json_string_value(ours), text) == 0)
            return;
        suggest_offer(&s, json_string_value(ours));
    }
    ours = json_object_get(words, text);
    if (ours)
        mistake(c->diagnostics, n->at, "%s is the platform's word; `words` make it %s", text, json_string_value(ours));
    else if (s.best)
        mistake(c->diagnostics, n->at, "`words` make nothing %s; did you mean %s?", text, s.best);
}

static void check_words(struct target_checker *c, const struct node *n, const json_t *result)
{
    const char *table = json_string_value(json_object_get(result, "words"));
    const json_t *words = table ? json_object_get(json_object_get(c->document, "words"), table) : NULL;
    if (n->kind != NODE_LIST)
        check_word(c, n, words);
    for (uint32_t i = 0; n->kind == NODE_LIST && i < n->n; i++)
        check_word(c, n->items[i], words);
}

/* What ends it well can't be its failure, too. */
static void check_apart(struct target_checker *c, const struct node *wait, const json_t *until, const json_t *fails)
{
    const char *name;
    json_t *wanted;
    json_object_foreach((json_t *)until, name, wanted)
    {
        const json_t *bad = json_object_get(fails, name);
        for (size_t i = 0; i < json_array_size(bad); i++)
            for (size_t k = 0; k < json_array_size(wanted); k++)
                if (json_equal(json_array_get(bad, i), json_array_get(wanted, k)))
                    mistake(c->diagnostics, target_place(target_map(c, wait, "fails"), name),
                            "fails: `until` waits for the same %s", name);
    }
}

/* Values of results of the operation that is asked. */
static json_t *take_states(struct target_checker *c, const struct node *wait, const char *name, json_t *results)
{
    json_t *json = json_object();
    const struct node *n = target_map(c, wait, name);
    for (uint32_t i = 0; i < n->n; i++) {
        if (results && !json_object_get(results, n->keys[i].name))
            target_unknown(c, n->keys[i].at, "result", n->keys[i].name, results);
        check_words(c, n->items[i], json_object_get(results, n->keys[i].name));
        put(json, n->keys[i].name, target_values(n->items[i]));
    }
    return json;
}

static void check_gone(struct target_checker *c, const struct operation *o, const struct node *wait,
                       const json_t *asked)
{
    const json_t *common = json_object_get(c->document, "errors");
    if (node_get(wait, "until"))
        mistake(c->diagnostics, target_place(wait, "until"), "until beside gone: it ends with one of them");
    if (!has_error(json_object_get(asked, "errors"), "not_found") && !has_error(common, "not_found"))
        mistake(c->diagnostics, target_place(wait, "gone"),
                "gone: %s waits for the refusal not_found, and `errors` has none of this name", o->key->name);
}

static void take_wait(struct target_checker *c, struct operation *o)
{
    static const char *const known[] = {"operation", "with", "until", "gone", "fails", "within", "every", NULL};
    static const char *const nothing[] = {NULL};
    const struct node *wait = node_get(o->node, "wait");
    struct place at = target_place(o->node, "wait");
    json_t *json = json_object(), *all = json_object_get(c->document, "operations");
    put(o->json, "wait", json);
    if (!target_keys(c, wait, "wait", known))
        return;
    const char *name = target_text(c, wait, "operation");
    json_t *asked = name ? json_object_get(all, name) : NULL;
    if (!node_get(wait, "operation"))
        mistake(c->diagnostics, at, "wait: `operation` says which one tells of the end");
    else if (name && !asked)
        target_unknown(c, node_get(wait, "operation")->at, "operation", name, all);
    put_text(json, "operation", name ? name : "");
    autoscope struct scope results = {.outer = &o->saved};
    const struct node *own = target_map(c, o->node, "result");
    for (uint32_t i = 0; i < own->n; i++) {
        autofree char *dotted = xasprintf("result.%s", own->keys[i].name);
        scope_add(&results, arena_strdup(c->arena, dotted), own->keys[i].at, false);
    }
    json_t *with = json_object();
    put(json, "with", with);
    if (asked)
        target_arguments(c, target_map(c, wait, "with"), at, name, json_object_get(asked, "takes"), &results, nothing,
                         with);
    bool gone = target_bool(c, wait, "gone", false);
    put(json, "until", take_states(c, wait, "until", json_object_get(asked, "result")));
    put(json, "gone", json_boolean(gone));
    put(json, "fails", take_states(c, wait, "fails", json_object_get(asked, "result")));
    check_apart(c, wait, json_object_get(json, "until"), json_object_get(json, "fails"));
    if (gone && asked)
        check_gone(c, o, wait, asked);
    if (!gone && target_map(c, wait, "until")->n == 0)
        mistake(c->diagnostics, at, "wait: `until` or `gone` says what the end is");
    put(json, "within", json_integer(target_duration(c, wait, "within", WITHIN_MS)));
    put(json, "every", json_integer(target_duration(c, wait, "every", EVERY_MS)));
    put(json, "at", target_at(at));
}

void target_operations(struct target_checker *c)
{
    json_t *all = json_object();
    const struct node *n = target_map(c, c->root, "operations");
    put(c->document, "operations", all);
    c->operations = xcalloc(n->n + 1, sizeof *c->operations);
    c->n_operations = n->n;
    for (uint32_t i = 0; i < n->n; i++) {
        struct operation *o = &c->operations[i];
        *o = (struct operation){.key = &n->keys[i], .node = n->items[i], .json = json_object()};
        o->takes.outer = &c->values;
        o->saved.outer = &o->takes;
        put(all, o->key->name, o->json);
        take_operation(c, o);
    }
    for (size_t i = 0; i < c->n_operations; i++) {
        struct operation *o = &c->operations[i];
        if (node_get(o->node, "wait") && !node_get(o->node, "page"))
            take_wait(c, o);
        scope_check_used(c, &o->takes, "argument");
        scope_check_used(c, &o->saved, "saved value");
    }
    if (n->n == 0)
        mistake(c->diagnostics, c->root->at,
                "no operations in this file: `operations:` wants a map of names to operations");
}
