/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: what is asked, what has come, and whether the status is one that was meant. */
#include "http_clients.h"
#include "http_request.h"
#include "steps.h"

#include <ctype.h>
#include <strings.h>

static void judge_status(struct muster_ctx *t, struct m_site site, const struct http_call *c, const char *request,
                         const struct m_http_reply *r, const char *about)
{
    struct m_json *wanted = steps_given(t, c->status);
    int holds = wanted ? http_is_status(t, site, wanted, r->status) : r->status < 400;
    steps_check(t, site, holds, m_fmt(t, "%s: status", request), m_fmt(t, "%d", r->status),
                wanted ? m_json_text(t, wanted, "") : "below 400; `status` says what else is expected", about);
}

/* {"content-type":"text/plain"}; of two with one name, both with ", " between them. */
static const char *headers_json(struct muster_ctx *t, const char *lines)
{
    const char *all = "";
    struct name {
        struct name *next;
        const char *text;
    } *seen = NULL;
    for (const char *end; *lines; lines = *end ? end + 1 : end) {
        end = strchrnul(lines, '\n');
        size_t length = strcspn(lines, ":\n");
        char *name = (char *)(uintptr_t)m_keep(t, lines, length);
        const char *values = "", *other;
        for (char *p = name; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        struct name *before = seen;
        while (before && strcmp(before->text, name) != 0)
            before = before->next;
        if (before || !length)
            continue;
        for (const char *l = lines; *l; l = *other ? other + 1 : other) {
            other = strchrnul(l, '\n');
            if (strncasecmp(l, name, length) != 0 || l[length] != ':')
                continue;
            const char *value = l + length + 1;
            value += strspn(value, " \t");
            values = m_fmt(t, "%s%s%.*s", values, *values ? ", " : "", (int)(other - value), value);
        }
        struct name *one = malloc(sizeof *one);
        if (!one)
            ERROR("http: out of memory");
        *one = (struct name){seen, name};
        seen = one;
        all = m_fmt(t, "%s%s%s:%s", all, *all ? "," : "", steps_quoted(t, name, length),
                    steps_quoted(t, values, strlen(values)));
    }
    return all;
}

/* JSON where the answer says so or looks like it, else its text. */
static const char *body_json(struct muster_ctx *t, const struct m_http_reply *r)
{
    const char *type = m_http_value(r, "Content-Type");
    int is_json = (type && strcasestr(type, "json")) || strchr("{[", r->body[strspn(r->body, " \t\r\n")]);
    if (r->body_len == 0)
        return "null";
    const char *doc = is_json ? steps_document(t, r->body, r->body_len) : NULL;
    return doc ? doc : steps_quoted(t, r->body, r->body_len);
}

static const char *value_of(struct muster_ctx *t, const struct m_http_reply *r, const char *about)
{
    return steps_value(t,
                       m_fmt(t, "\"status\":%d,\"headers\":{%s},\"body\":%s,\"text\":%s,\"time_ms\":%.3f", r->status,
                             headers_json(t, r->headers), body_json(t, r), steps_quoted(t, r->body, r->body_len),
                             r->time_ms),
                       about);
}

static const char *begins(struct muster_ctx *t, const struct m_http_reply *r)
{
    const char *type = m_http_value(r, "Content-Type");
    return r->body_len ? m_fmt(t, "%s%s%s", type ? type : "", type ? ", " : "", steps_start(t, r->body, r->body_len))
                       : "no body";
}

static const char *ask(struct muster_ctx *t, const struct http_call *c)
{
    struct m_site site = steps_site(t, c->at);
    struct http_url url = http_url(t, site, c->url);
    struct http_body body = http_body(t, site, c);
    const char *method = *c->method ? c->method : body.bytes ? "POST" : "GET";
    const struct m_http_request request = {.method = method,
                                           .path = url.path,
                                           .body = body.bytes,
                                           .body_len = body.length,
                                           .media_type = body.media_type,
                                           .headers = http_headers(t, site, c, &url),
                                           .timeout_ms = steps_ms(t, site, "within", c->within),
                                           .follow = c->follow};
    const char *where = m_fmt(t, "%s%s", url.server, url.path);
    const char *shown = m_fmt(t, "%s %s", method, m_shown(t, where, strlen(where), ABOUT_MOST));
    const char *sent = body.bytes ? m_fmt(t, " with %s", steps_start(t, body.bytes, body.length)) : "";
    struct client *client = client_borrow(t, site, url.server);
    struct m_http_reply r = m_try_request_at_(site.file, site.line, client_http(client), &request);
    if (r.error && r.status)
        steps_wrong(t, site, "%s: the answer, %d, is no good: %s", shown, r.status, r.error);
    if (r.error)
        steps_wrong(t, site, "%s: no answer: %s", shown, r.error);
    r = m_http_keep(&r);
    client_give_back(client);
    judge_status(t, site, c, shown, &r,
                 m_fmt(t, "%s%sanswered by %s", *sent ? sent + 1 : "", *sent ? ", " : "", begins(t, &r)));
    return value_of(t, &r, m_fmt(t, "%s%s answered %d, %s", shown, sent, r.status, begins(t, &r)));
}

DATA_STEP(json, http,
          PARAMS((str, url, NULL), (str, method, "", "GET, or POST where there is a body"),
                 (json, headers, "{}", "Name: value"), (json, json, "null", "The body as JSON"),
                 (json, form, "null", "The body as a form; a file is {file: PATH}"),
                 (json, body, "null", "The body as a text"), (str, file, "", "A file that is the body"),
                 (str, auth, "", "\"Bearer TOKEN\" or \"user:password\""),
                 (json, status, "null", "200, 2xx, any, or a list of these; without it, below 400"),
                 (bool, follow, "false", "Follow redirects"), (str, within, "30s", "How long it may take"), STEP_AT),
          .summary = "A request by HTTP: {status, headers, body, text, time_ms}")
{
    return ask(t, &(struct http_call){url, method, headers, json, form, body, file, auth, status, within, at, follow});
}
