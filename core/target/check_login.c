/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to be somebody, and who there is to be. */
#include "target/checking.h"

#include "base/cleanup.h"

#include <string.h>

/* What `over` of a signature is made of; the signature itself is known in its headers. What is computed is always
 * there: an argument of the login's of that name, one that may be left out too, only takes its place. */
static void add_names_of_signature(struct scope *s, struct place at)
{
    static const char *const names[] = {"method", "path", "query", "body", "timestamp", "nonce", "body_sha256"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        scope_use(s->outer, names[i]);
        scope_add(s, names[i], at, false);
    }
}

static void require(struct target_checker *c, const struct node *map, struct place at, const char *what,
                    const char *name)
{
    if (!node_get(map, name))
        mistake(c->diagnostics, at, "%s: wants %s", what, name);
}

static json_t *take_hmac(struct target_checker *c, const struct node *send, struct scope *outer)
{
    static const char *const known[] = {"algorithm", "key", "over", "encoding", "timestamp", "headers", NULL};
    static const char *const algorithms[] = {"sha1", "sha256", "sha512", NULL};
    static const char *const encodings[] = {"hex", "base64", "base64url", NULL};
    static const char *const timestamps[] = {"s", "ms", "rfc3339", NULL};
    json_t *json = json_object();
    const struct node *n = node_get(send, "hmac");
    struct place at = target_place(send, "hmac");
    if (!target_keys(c, n, "hmac", known))
        return json;
    autoscope struct scope s = {.outer = outer};
    add_names_of_signature(&s, at);
    require(c, n, at, "hmac", "key");
    require(c, n, at, "hmac", "over");
    put_text(json, "algorithm", target_word(c, n, "algorithm", algorithms, "sha256"));
    template_put(c, outer, n, "key", json);
    template_put(c, &s, n, "over", json);
    put_text(json, "encoding", target_word(c, n, "encoding", encodings, "hex"));
    put_text(json, "timestamp", target_word(c, n, "timestamp", timestamps, "s"));
    scope_add(&s, "signature", at, false);
    put(json, "headers", target_headers(c, n, &s));
    if (!s.items[s.n - 1].used)
        mistake(c->diagnostics, at, "hmac: no header has ${signature}, so nothing is signed");
    return json;
}

static json_t *take_basic(struct target_checker *c, const struct node *send, struct scope *scope)
{
    static const char *const known[] = {"username", "password", NULL};
    json_t *json = json_object();
    const struct node *n = node_get(send, "basic");
    if (!target_keys(c, n, "basic", known))
        return json;
    for (const char *const *k = known; *k; k++)
        if (!template_put(c, scope, n, *k, json))
            mistake(c->diagnostics, target_place(send, "basic"), "basic: wants %s", *k);
    return json;
}

static json_t *take_send(struct target_checker *c, const struct node *login, struct scope *scope)
{
    static const char *const known[] = {"headers", "query", "basic", "hmac", "tls", NULL};
    static const char *const known_of_tls[] = {"ca", "certificate", "key", NULL};
    json_t *json = json_object();
    const struct node *send = target_map(c, login, "send");
    target_keys(c, send, "send", known);
    put(json, "headers", target_headers(c, send, scope));
    put(json, "query", template_map(c, scope, send, "query"));
    if (node_get(send, "basic"))
        put(json, "basic", take_basic(c, send, scope));
    if (node_get(send, "hmac"))
        put(json, "hmac", take_hmac(c, send, scope));
    if (node_get(send, "tls"))
        put(json, "tls", target_tls(c, send, scope, known_of_tls));
    return json;
}

static json_t *take_login(struct target_checker *c, const struct key *key, const struct node *n)
{
    static const char *const known[] = {"summary", "takes", "request", "requests", "result", "send", NULL};
    json_t *json = json_object();
    if (!target_name(c, key, "a login") || !target_keys(c, n, "a login", known))
        return json;
    autoscope struct scope takes = {.outer = &c->values}, saved = {.outer = &takes}, results = {.outer = &saved};
    const char *summary = target_text(c, n, "summary");
    put_text(json, "summary", summary ? summary : "");
    put(json, "takes", target_takes(c, n, &takes));
    for (size_t i = 0; i < takes.n; i++)
        if (strcmp(takes.items[i].name, "login") == 0)
            mistake(c->diagnostics, takes.items[i].at, "login: an identity says with this key which login is its own");
    put(json, "requests", target_requests(c, n, &saved));
    put(json, "result", target_results(c, n, "result", &saved, RESULT_OF_ANSWER));
    const struct node *result = target_map(c, n, "result");
    for (uint32_t i = 0; i < result->n; i++) {
        const struct node *optional = node_get(result->items[i], "optional");
        scope_add(&results, result->keys[i].name, result->keys[i].at, optional && optional->scalar == SCALAR_TRUE);
    }
    if (result->n > 0 && json_array_size(json_object_get(json, "requests")) == 0)
        mistake(c->diagnostics, target_place(n, "result"),
                "result: without a request there is no answer to take it from");
    put(json, "send", take_send(c, n, &results));
    put(json, "at", target_at(key->at));
    scope_check_used(c, &takes, "argument");
    scope_check_used(c, &saved, "saved value");
    return json;
}

json_t *target_logins(struct target_checker *c)
{
    json_t *all = json_object();
    const struct node *logins = target_map(c, c->root, "logins");
    for (uint32_t i = 0; i < logins->n; i++)
        put(all, logins->keys[i].name, take_login(c, &logins->keys[i], logins->items[i]));
    return all;
}

/* ---- identities ---- */

static json_t *take_identity(struct target_checker *c, const struct key *key, const struct node *n)
{
    static const char *const besides[] = {"login", NULL};
    json_t *json = json_object(), *logins = json_object_get(c->document, "logins");
    target_name(c, key, "an identity");
    if (strcmp(key->name, "nobody") == 0)
        mistake(c->diagnostics, key->at, "nobody: everybody can be nobody; give the identity another name");
    if (node_is_null(n) || (n->kind == NODE_MAP && n->n == 0)) {
        put(json, "login", json_null());
        return json;
    }
    if (n->kind != NODE_MAP) {
        mistake(c->diagnostics, n->at, "an identity is a map of `login` and its arguments, not %s", node_describe(n));
        return json;
    }
    const char *login = target_text(c, n, "login");
    json_t *found = login ? json_object_get(logins, login) : NULL;
    put(json, "login", login ? json_string(login) : json_null());
    if (found)
        target_arguments(c, n, key->at, login, json_object_get(found, "takes"), &c->values, besides, json);
    else if (login)
        target_unknown(c, node_get(n, "login")->at, "login", login, logins);
    else if (!node_get(n, "login"))
        mistake(c->diagnostics, key->at, "%s: `login` says which of the logins this identity takes", key->name);
    return json;
}

json_t *target_identities(struct target_checker *c)
{
    json_t *all = json_object();
    const struct node *identities = target_map(c, c->root, "identities");
    for (uint32_t i = 0; i < identities->n; i++)
        put(all, identities->keys[i].name, take_identity(c, &identities->keys[i], identities->items[i]));
    return all;
}
