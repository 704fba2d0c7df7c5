/* SPDX-License-Identifier: Apache-2.0 */
/* Requests, and what they have in common. */
#include "target/checking.h"

#include "base/cleanup.h"
#include "base/suggest.h"

#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 30 * 1000 };

json_t *target_headers(struct target_checker *c, const struct node *map, struct scope *scope)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const struct node *headers = target_map(c, map, "headers");
    for (uint32_t i = 0; i < headers->n; i++) {
        const char *name = headers->keys[i].name;
        if (!*name || name[strspn(name, token)])
            mistake(c->diagnostics, headers->keys[i].at, "%s can't be the name of a header", name);
    }
    return template_map(c, scope, map, "headers");
}

/* ---- TLS ---- */

/* Where names of files in a target file begin; absolute, since an attempt works in a folder of its own. */
static char *folder_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *relative = slash ? xstrndup(file, (size_t)(slash - file) + 1) : xstrdup(".");
    char *full = realpath(relative, NULL);
    if (!full)
        return relative;
    free(relative);
    return full;
}

/* Beside the target file that says it; what ${...} stands for is a name as the user gives it. */
static void put_file(struct target_checker *c, const struct node *tls, const char *name, struct scope *scope,
                     json_t *to)
{
    const struct node *n = node_get(tls, name);
    const char *text = n ? template_text(c, scope, n, TEMPLATE_PART) : NULL;
    if (!text)
        return;
    bool as_it_is = *text == '/' || strncmp(text, "${", 2) == 0;
    autofree char *folder = as_it_is ? NULL : folder_of(n->at.file);
    autofree char *path = as_it_is ? xstrdup(text) : xasprintf("%s/%s", folder, text);
    put_text(to, name, path);
}

json_t *target_tls(struct target_checker *c, const struct node *map, struct scope *scope, const char *const *known)
{
    json_t *json = json_object();
    const struct node *tls = target_map(c, map, "tls");
    target_keys(c, tls, "tls", known);
    put_file(c, tls, "ca", scope, json);
    put_file(c, tls, "certificate", scope, json);
    put_file(c, tls, "key", scope, json);
    if (!node_get(tls, "certificate") != !node_get(tls, "key"))
        mistake(c->diagnostics, tls->at, "tls: certificate and key stand together");
    return json;
}

static json_t *take_tls(struct target_checker *c, const struct node *map, struct scope *scope)
{
    static const char *const known[] = {"ca", "certificate", "key", "verify", NULL};
    json_t *json = target_tls(c, map, scope, known);
    put(json, "verify", json_boolean(target_bool(c, target_map(c, map, "tls"), "verify", true)));
    return json;
}

/* ---- what all requests have ---- */

/* What stands in it as ${...} is known only when requests are made. */
static bool take_base(struct target_checker *c, const struct node *n, struct scope *scope, json_t *to)
{
    const struct node *base = node_get(n, "base");
    if (!template_put(c, scope, n, "base", to))
        return false;
    if (base->kind == NODE_SCALAR && !has_reference(base->text) && strncmp(base->text, "http://", 7) != 0 &&
        strncmp(base->text, "https://", 8) != 0)
        mistake(c->diagnostics, base->at, "base: %s has no http:// or https:// in front", base->text);
    return true;
}

json_t *target_http(struct target_checker *c)
{
    static const char *const known[] = {"base", "unix_socket", "headers", "timeout", "tls", NULL};
    json_t *json = json_object();
    const struct node *http = target_map(c, c->root, "http");
    target_keys(c, http, "http", known);
    bool base = take_base(c, http, &c->values, json);
    if (template_put(c, &c->values, http, "unix_socket", json) && !base)
        put_text(json, "base", "http://localhost");
    put(json, "headers", target_headers(c, http, &c->values));
    put(json, "timeout", json_integer(target_duration(c, http, "timeout", TIMEOUT_MS)));
    put(json, "tls", take_tls(c, http, &c->values));
    return json;
}

static void take_overrides(struct target_checker *c, const struct node *n, struct scope *scope, json_t *to)
{
    take_base(c, n, scope, to);
    template_put(c, scope, n, "unix_socket", to);
    if (node_get(n, "timeout"))
        put(to, "timeout", json_integer(target_duration(c, n, "timeout", TIMEOUT_MS)));
    if (node_get(n, "tls"))
        put(to, "tls", take_tls(c, n, scope));
}

/* ---- one request ---- */

static void take_body(struct target_checker *c, const struct node *n, struct scope *scope, json_t *to)
{
    static const char *const bodies[] = {"body", "form", "text"};
    const char *found = NULL;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        if (!node_get(n, bodies[i]))
            continue;
        if (found)
            mistake(c->diagnostics, target_place(n, bodies[i]), "%s beside %s: a request has one body", bodies[i],
                    found);
        found = found ? found : bodies[i];
    }
    if (node_get(n, "body"))
        put(to, "body", template_tree(c, scope, node_get(n, "body")));
    if (node_get(n, "form"))
        put(to, "form", template_map(c, scope, n, "form"));
    if (template_put(c, scope, n, "text", to)) {
        if (!template_put(c, scope, n, "type", to))
            put_text(to, "type", "text/plain; charset=utf-8");
    } else if (node_get(n, "type")) {
        mistake(c->diagnostics, target_place(n, "type"), "type: stands with text");
    }
}

static const char *take_method(struct target_checker *c, const struct node *n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    static const char *const usual[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    const char *method = target_text(c, n, "method");
    struct suggestion s = suggest_start(method ? method : "GET");
    for (size_t i = 0; i < ARRAY_LEN(usual); i++)
        suggest_offer(&s, usual[i]);
    if (method && method[strspn(method, letters)])
        mistake(c->diagnostics, node_get(n, "method")->at, "method: %s is none: it is written in capitals, as POST",
                method);
    else if (method && s.distance > 0 && s.best)
        mistake(c->diagnostics, node_get(n, "method")->at, "method: %s is none that is known; did you mean %s?", method,
                s.best);
    return method ? method : "GET";
}

void target_path(struct target_checker *c, const struct node *n, struct place at, struct scope *scope, json_t *to)
{
    const struct node *path = node_get(n, "path");
    if (!path) {
        mistake(c->diagnostics, at, "there is no path in it");
        return;
    }
    template_put(c, scope, n, "path", to);
    if (path->kind == NODE_SCALAR && *path->text != '/')
        mistake(c->diagnostics, path->at, "path: %s does not begin with a slash", path->text);
}

/* Of a request the query stands apart. */
static void check_query(struct target_checker *c, const struct node *n)
{
    const struct node *path = node_get(n, "path");
    const char *query = path && path->kind == NODE_SCALAR ? strchr(path->text, '?') : NULL;
    if (query && !has_reference(query))
        mistake(c->diagnostics, path->at, "path: what follows the question mark stands under `query`");
}

static void add_saved(struct target_checker *c, const struct node *n, struct scope *saved)
{
    const struct node *save = target_map(c, n, "save");
    for (uint32_t i = 0; i < save->n; i++) {
        const struct node *optional = node_get(save->items[i], "optional");
        scope_add(saved, save->keys[i].name, save->keys[i].at, optional && optional->scalar == SCALAR_TRUE);
    }
}

static json_t *take_request(struct target_checker *c, const struct node *n, struct place at, struct scope *saved)
{
    static const char *const known[] = {"method", "path", "query", "headers",     "body",    "form", "text", "type",
                                        "expect", "save", "base",  "unix_socket", "timeout", "tls",  NULL};
    json_t *json = json_object();
    if (!target_keys(c, n, "a request", known))
        return json;
    c->asks = c->asks || !node_get(n, "base");
    put_text(json, "method", take_method(c, n));
    target_path(c, n, at, saved, json);
    check_query(c, n);
    put(json, "query", template_map(c, saved, n, "query"));
    put(json, "headers", target_headers(c, n, saved));
    take_body(c, n, saved, json);
    put(json, "expect", target_statuses(c, n, "expect"));
    put(json, "save", target_results(c, n, "save", saved, RESULT_SAVED));
    take_overrides(c, n, saved, json);
    put(json, "at", target_at(at));
    add_saved(c, n, saved);
    return json;
}

json_t *target_requests(struct target_checker *c, const struct node *map, struct scope *saved)
{
    json_t *list = json_array();
    const struct node *one = node_get(map, "request"), *several = node_get(map, "requests");
    if (one && several)
        mistake(c->diagnostics, target_place(map, "requests"), "requests beside request: write one of them");
    if (one)
        json_array_append_new(list, take_request(c, one, target_place(map, "request"), saved));
    if (several && (several->kind != NODE_LIST || several->n == 0))
        mistake(c->diagnostics, several->at, "requests: wants a list of requests, made one after the other");
    for (uint32_t i = 0; several && several->kind == NODE_LIST && i < several->n; i++)
        json_array_append_new(list, take_request(c, several->items[i], several->items[i]->at, saved));
    return list;
}

json_t *target_websocket(struct target_checker *c, const struct node *map, struct scope *scope)
{
    static const char *const known[] = {"url", "query", "headers", "timeout", "tls", NULL};
    json_t *json = json_object();
    const struct node *n = node_get(map, "websocket");
    struct place at = target_place(map, "websocket");
    if (!target_keys(c, n, "websocket", known))
        return json;
    if (!template_put(c, scope, n, "url", json))
        mistake(c->diagnostics, at, "websocket: wants a url");
    put(json, "query", template_map(c, scope, n, "query"));
    put(json, "headers", target_headers(c, n, scope));
    take_overrides(c, n, scope, json);
    put(json, "at", target_at(at));
    return json;
}
