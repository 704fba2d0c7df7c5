/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that are WebSockets. */
#include "arguments.h"
#include "operation.h"
#include "refusals.h"

#include <muster/kit/data.h>

#include <exact.h>
#include <stdlib.h>

/* Path and query of a URL, to be signed and shown. */
static const char *target_in(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? host + 3 + strcspn(host + 3, "/?") : url;
}

static const char *url_of(struct operation *o, const json_t *spec)
{
    struct muster_ctx *t = o->s->t;
    char *text = target_template_text(json_string_value(json_object_get(spec, "url")), TEMPLATE_PLAIN,
                                      target_scope_names(&o->scope), NULL);
    if (!text)
        ERROR("out of memory for a URL");
    /* A platform's address is mostly known as http's, which names the same server. */
    const char *web = strncmp(text, "http", 4) == 0 ? "ws" : "", *rest = *web ? text + 4 : text;
    const char *url = m_fmt(t, "%s%s%s", web, rest, target_request_target(o->s, &o->scope, spec, NULL));
    free(text);
    return url;
}

/* The handshake's answer, as one of the http kit's. */
static void take_refusal(struct operation *o, const struct m_ws_refusal *why)
{
    struct muster_ctx *t = o->s->t;
    struct m_http_reply reply = {.status = why->status,
                                 .body = m_fmt(t, "%s", why->body),
                                 .body_len = strlen(why->body),
                                 .headers = m_fmt(t, "%s", why->headers)};
    json_decref(o->s->body);
    o->s->body = exact_loads(why->body, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    o->tried.status = why->status;
    o->tried.answer = reply.body;
    if (!why->status)
        o->tried.error = m_fmt(t, "%s", why->reason);
    else
        target_operation_refuse(o, why->status, &reply);
}

struct m_ws *target_stream_open(struct operation *o)
{
    struct m_session *s = o->s;
    const json_t *spec = json_object_get(o->spec, "websocket");
    struct scope sending = target_session_scope(s);
    struct request_frame f;
    struct m_ws_refusal why = {0};
    const char *url = url_of(o, spec);
    target_request_name(s, "GET", target_in(url));
    o->tried.request = s->line;
    target_request_frame_fill(s, &o->scope, spec, &sending, &f);
    target_request_sign(s, "GET", target_in(url), NULL, NULL, 0, &f);
    struct m_ws_options options = {.headers = f.headers,
                                   .timeout_ms = f.timeout_ms,
                                   .ca_file = f.server.ca,
                                   .cert_file = f.server.certificate,
                                   .key_file = f.server.key,
                                   .insecure = f.server.insecure};
    struct m_ws *ws = m_ws_try_open(s->t, url, &options, &why);
    if (ws)
        o->tried.status = 101;
    else
        take_refusal(o, &why);
    return ws;
}

struct m_ws *m_open_(struct m_site at, struct m_session *by, const char *operation, const struct m_arg *args)
{
    struct muster_ctx *t = by->t;
    struct operation o;
    m_called_at_(at.file, at.line);
    const json_t *spec = target_document_operation(t, by->document, operation);
    if (!json_object_get(spec, "websocket"))
        ERROR("%s is no WebSocket in the target %s", operation, by->document->name);
    target_operation_begin(&o, by, operation,
                           target_arguments_take(t, by->document, operation, json_object_get(spec, "takes"), args));
    struct m_ws *ws = target_stream_open(&o);
    target_operation_require_answer(&o);
    target_operation_require(&o, at);
    target_operation_end(&o);
    return ws;
}
