/* SPDX-License-Identifier: Apache-2.0 */
/* One request of a target file: made of templates, sent by a session. */
#include "request.h"

#include "evidence.h"
#include "results.h"
#include "signature.h"

#include <muster/kit/data.h>

#include <exact.h>
#include <stdlib.h>
#include <strings.h>

static const char *keep(struct muster_ctx *t, char *text)
{
    if (!text)
        ERROR("out of memory for a request");
    const char *kept = m_keep(t, text, strlen(text));
    free(text);
    return kept;
}

static const char *text_in(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* NULL: there is none, or it is made of one name alone that was not given. */
static const char *filled(const struct scope *scope, const json_t *template, enum template_escape escape)
{
    bool left_out = false;
    if (!template)
        return NULL;
    if (!json_is_string(template))
        return keep(scope->t, target_template_value_text(template));
    char *text = target_template_text(json_string_value(template), escape, target_scope_names(scope), &left_out);
    return left_out ? NULL : keep(scope->t, text);
}

void target_request_name(struct m_session *s, const char *method, const char *target)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    snprintf(s->line, sizeof s->line, "%s", method);
    if (!out)
        return;
    evidence_line(out, target, strlen(target), 400);
    if (fclose(out) == 0)
        snprintf(s->line, sizeof s->line, "%s %s", method, text);
    free(text);
}

/* ---- path and query ---- */

static const char *add_query(const struct scope *scope, const char *target, const char *key, const json_t *value)
{
    struct muster_ctx *t = scope->t;
    const char *name = keep(t, target_template_percent(key));
    json_t *made = target_template_json(value, target_scope_names(scope));
    size_t n = json_is_array(made) ? json_array_size(made) : made ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        char *text = target_template_value_text(json_is_array(made) ? json_array_get(made, i) : made);
        char *percent = text ? target_template_percent(text) : NULL;
        free(text);
        target = m_fmt(t, "%s%s%s=%s", target, strchr(target, '?') ? "&" : "?", name, keep(t, percent));
    }
    json_decref(made);
    return target;
}

static const char *add_queries(const struct scope *scope, const char *target, const json_t *queries)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)queries, key, value)
    {
        target = add_query(scope, target, key, value);
    }
    return target;
}

const char *target_request_target(struct m_session *s, const struct scope *scope, const json_t *spec, const char *path)
{
    struct scope sending = target_session_scope(s);
    const char *target = path ? filled(scope, json_object_get(spec, path), TEMPLATE_PERCENT) : "";
    target = add_queries(scope, target ? target : "", json_object_get(spec, "query"));
    return add_queries(&sending, target, json_object_get(json_object_get(s->login, "send"), "query"));
}

/* ---- headers and connection ---- */

static int has_header(const struct request_frame *f, const char *name)
{
    size_t n = strlen(name);
    for (int i = 0; i < f->n_headers; i++)
        if (strncasecmp(f->headers[i], name, n) == 0 && f->headers[i][n] == ':')
            return 1;
    return 0;
}

static void add_header(struct muster_ctx *t, struct request_frame *f, const char *name, const char *value)
{
    if (!value || has_header(f, name))
        return;
    if (f->n_headers == REQUEST_HEADERS_MOST)
        ERROR("a request has more than %d headers", REQUEST_HEADERS_MOST);
    f->headers[f->n_headers++] = m_fmt(t, "%s: %s", name, value);
    f->headers[f->n_headers] = NULL;
}

static void add_headers(const struct scope *scope, const json_t *headers, struct request_frame *f)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)headers, name, value)
    {
        add_header(scope->t, f, name, filled(scope, value, TEMPLATE_PLAIN));
    }
}

static void take_tls(const struct scope *scope, const json_t *tls, struct session_server *server)
{
    if (!tls)
        return;
    const char *ca = filled(scope, json_object_get(tls, "ca"), TEMPLATE_PLAIN);
    const char *certificate = filled(scope, json_object_get(tls, "certificate"), TEMPLATE_PLAIN);
    const char *key = filled(scope, json_object_get(tls, "key"), TEMPLATE_PLAIN);
    server->ca = server->ca ? server->ca : ca;
    server->certificate = server->certificate ? server->certificate : certificate;
    server->key = server->key ? server->key : key;
    server->insecure = server->insecure || json_is_false(json_object_get(tls, "verify"));
}

/* The nearest one says it: the request, the session, the target. */
static void take_connection(const struct scope *scope, const json_t *http, struct request_frame *f)
{
    struct session_server *server = &f->server;
    const json_t *timeout = json_object_get(http, "timeout");
    const char *base = filled(scope, json_object_get(http, "base"), TEMPLATE_PLAIN);
    const char *path = filled(scope, json_object_get(http, "unix_socket"), TEMPLATE_PLAIN);
    server->base = server->base ? server->base : base;
    server->unix_socket = server->unix_socket ? server->unix_socket : path;
    f->timeout_ms = f->timeout_ms ? f->timeout_ms : (uint64_t)json_integer_value(timeout);
    take_tls(scope, json_object_get(http, "tls"), server);
}

void target_request_frame_fill(struct m_session *s, const struct scope *scope, const json_t *spec,
                               const struct scope *sending, struct request_frame *f)
{
    const json_t *http = json_object_get(s->document->root, "http"), *send = json_object_get(s->login, "send");
    memset(f, 0, sizeof *f);
    add_headers(scope, json_object_get(spec, "headers"), f);
    add_headers(sending, json_object_get(send, "headers"), f);
    add_headers(sending, json_object_get(http, "headers"), f);
    take_connection(scope, spec, f);
    take_tls(sending, json_object_get(send, "tls"), &f->server);
    take_connection(sending, http, f);
}

static void add_basic(const struct scope *sending, const json_t *basic, struct request_frame *f)
{
    const char *username = filled(sending, json_object_get(basic, "username"), TEMPLATE_PLAIN);
    const char *password = filled(sending, json_object_get(basic, "password"), TEMPLATE_PLAIN);
    add_header(sending->t, f, "Authorization",
               target_signature_basic(sending->t, username ? username : "", password ? password : ""));
}

/* What of the path stands in the base URL, before the request's. */
static const char *base_path(const char *base)
{
    const char *host = base ? strstr(base, "://") : NULL;
    return host ? host + 3 + strcspn(host + 3, "/") : "";
}

static void add_signature(const struct scope *sending, const json_t *hmac, const char *method, const char *target,
                          const char *base, const void *body, size_t length, struct request_frame *f)
{
    struct muster_ctx *t = sending->t;
    const char *before = base_path(base), *query = strchr(target, '?');
    size_t n = strlen(before);
    while (n && before[n - 1] == '/')
        n--;
    struct signed_request r = {.method = method, .query = query ? query + 1 : "", .body = body, .body_length = length};
    r.path = m_fmt(t, "%.*s%.*s", (int)n, before, (int)strcspn(target, "?"), target);
    struct scope with = *sending;
    with.signing = target_signature_make(sending, hmac, &r);
    add_headers(&with, json_object_get(hmac, "headers"), f);
    json_decref(with.signing);
}

void target_request_sign(struct m_session *s, const char *method, const char *target, const char *base,
                         const void *body, size_t length, struct request_frame *f)
{
    struct scope sending = target_session_scope(s);
    const json_t *send = json_object_get(s->login, "send");
    const json_t *basic = json_object_get(send, "basic"), *hmac = json_object_get(send, "hmac");
    if (basic)
        add_basic(&sending, basic, f);
    if (hmac)
        add_signature(&sending, hmac, method, target, base, body, length, f);
}

/* ---- bodies ---- */

static char *form_text(const struct scope *scope, const json_t *form)
{
    const char *made = add_queries(scope, "", form); /* "?a=b&c=d" */
    return strdup(*made ? made + 1 : "");
}

/* malloc'd; NULL: no body. */
static char *body_of(const struct scope *scope, const json_t *spec, const char **ret_type)
{
    struct muster_ctx *t = scope->t;
    const json_t *body = json_object_get(spec, "body"), *form = json_object_get(spec, "form");
    const char *text = text_in(spec, "text"), *type = text_in(spec, "type");
    char *made = NULL;
    *ret_type = type;
    if (form) {
        *ret_type = type ? type : "application/x-www-form-urlencoded";
        made = form_text(scope, form);
    } else if (text) {
        *ret_type = type ? type : "text/plain; charset=utf-8";
        made = target_template_text(text, TEMPLATE_PLAIN, target_scope_names(scope), NULL);
    } else if (body) {
        json_t *value = target_template_json(body, target_scope_names(scope));
        made = value ? exact_dumps(value, false) : strdup(json_is_object(body) ? "{}" : "");
        json_decref(value);
    } else {
        return NULL;
    }
    if (!made)
        ERROR("out of memory for a request's body, or it is not UTF-8");
    return made;
}

/* ---- sending ---- */

/* Before the exchange is written down. */
static void hide_secrets(const struct m_http_reply *reply, void *user)
{
    struct m_session *s = user;
    const char *name;
    json_t *spec, *body = reply->body_len && s->secrets ? exact_loads(reply->body, JSON_DECODE_ANY, NULL) : NULL;
    struct scope scope = {.t = s->t, .document = s->document};
    struct reading reading = {.scope = &scope, .body = body, .reply = reply, .lenient = 1};
    json_object_foreach((json_t *)(uintptr_t)s->secrets, name, spec)
    {
        if (json_is_true(json_object_get(spec, "secret")) && !json_object_get(spec, "value"))
            json_decref(target_results_read_one(&reading, name, spec));
    }
    json_decref(body);
}

static int has_secrets(const json_t *results)
{
    const char *name;
    json_t *spec;
    json_object_foreach((json_t *)(uintptr_t)results, name, spec)
    {
        if (json_is_true(json_object_get(spec, "secret")))
            return 1;
    }
    return 0;
}

struct m_http_reply target_request_send(struct m_session *s, const struct scope *scope, const json_t *spec,
                                        const json_t *results)
{
    struct scope sending = target_session_scope(s);
    struct request_frame f;
    const char *method = text_in(spec, "method"), *type;
    const char *target = target_request_target(s, scope, spec, "path");
    char *body = body_of(scope, spec, &type);
    method = method ? method : "GET";
    target_request_name(s, method, target);
    target_request_frame_fill(s, scope, spec, &sending, &f);
    target_request_sign(s, method, target, f.server.base, body, body ? strlen(body) : 0, &f);
    s->secrets = has_secrets(results) ? results : NULL;
    struct m_http *client = target_session_client(s, &f.server);
    m_http_before_record_(client, hide_secrets, s);
    struct m_http_reply reply = M_TRY_REQUEST(client, .method = method, .path = target, .body = body,
                                              .media_type = type, .headers = f.headers, .timeout_ms = f.timeout_ms);
    free(body);
    json_decref(s->body);
    s->body = reply.body_len ? exact_loads(reply.body, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    return reply;
}
