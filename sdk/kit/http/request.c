/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: what is sent of one, how far its redirects lead, and what becomes of having no answer. */
#include "evidence.h"
#include "field.h"
#include "header.h"
#include "record.h"
#include "redirect.h"
#include "transfer.h"

#include <stdlib.h>
#include <strings.h>

#define MAX_REDIRECTS 10
#define NAME_MOST     400u

static void require_method(struct muster_ctx *t, const char *method)
{
    if (!field_is_token(method, strlen(method)))
        ERROR("the method \"%.64s\": it may have letters, digits and !#$%%&'*+-.^_`|~ only", method);
}

/* It goes into the request line as it is; but what would end that line, or make it another, is a mistake. */
static void require_path(struct muster_ctx *t, const char *path)
{
    if (*path && *path != '/' && *path != '?' && strcmp(path, "*") != 0)
        ERROR("the path \"%.256s\": it is put behind the base URL, so it begins with / or ?", path);
    for (const char *c = path; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            ERROR("the path \"%.256s\": a space or a control character in it has to be written as %%%02X", path,
                  (unsigned char)*c);
}

static void require_headers(struct m_http *http, const struct m_http_request *request)
{
    struct muster_ctx *t = http->t;
    int cookie = http_header_listed(http->headers, "Cookie:");
    for (const char *const *h = request->headers; h && *h; h++) {
        http_header_require_line(t, *h);
        cookie = cookie || http_header_is(*h, "Cookie");
    }
    if (request->media_type)
        http_header_require(t, "Content-Type", strlen("Content-Type"), request->media_type);
    if (http->options.cookies && cookie)
        ERROR("a client with a jar of cookies makes the Cookie header itself");
}

static void exchange_begin(struct m_http *http, const struct m_http_request *request, struct exchange *x)
{
    struct muster_ctx *t = http->t;
    const char *path = request->path ? request->path : "";
    const char *behind = strcmp(path, "*") == 0 ? "" : path;
    *x = (struct exchange){.method = request->method ? request->method : "GET", .media_type = request->media_type};
    require_method(t, x->method);
    require_path(t, path);
    require_headers(http, request);
    x->body = request->body;
    if (request->body)
        x->body_len = request->body_len ? request->body_len : strlen(request->body);
    const char *root = *http->base_path || *behind == '/' ? "" : "/"; /* a request line has at least that */
    int made = asprintf(&x->url, "%s%s", http->base_url, behind) < 0 ? 0
               : *path == '*'                                        ? (x->target = strdup(path)) != NULL
                              : asprintf(&x->target, "%s%s%s", http->base_path, root, behind) >= 0;
    if (!made)
        ERROR("out of memory for the URL of %s", path);
}

static void exchange_clear(struct exchange *x)
{
    free(x->url);
    free(x->target);
}

static double took_ms(const struct m_http *http)
{
    curl_off_t us = 0;
    http->lib->easy_getinfo(http->curl, CURLINFO_TOTAL_TIME_T, &us);
    return (double)us / 1000.0;
}

/* One error, whatever libcurl has made of being kept from it. */
static CURLcode judge(struct m_http *http, CURLcode code)
{
    if (http->resends) {
        snprintf(http->error, sizeof http->error,
                 "the server ended the connection, which earlier requests had used, before it answered. It may have "
                 "acted on the request, which is not sent again");
        return CURLE_GOT_NOTHING;
    }
    if (http->fault[0]) {
        snprintf(http->error, sizeof http->error, "the answer is not valid: %s", http->fault);
        return CURLE_WEIRD_SERVER_REPLY;
    }
    if (http->body_too_large)
        snprintf(http->error, sizeof http->error, "the body is larger than %" PRIu64 " bytes", http->options.max_body);
    else if (code && !http->error[0])
        snprintf(http->error, sizeof http->error, "%s", http->lib->easy_strerror(code));
    return code;
}

static void fill(struct m_http *http, struct m_http_reply *r)
{
    r->status = http->status;
    r->body = http->body.bytes ? http->body.bytes : "";
    r->body_len = http->body.length;
    r->headers = http->head.bytes ? http->head.bytes : "";
    r->redirects = http->redirects.bytes ? http->redirects.bytes : "";
}

/* Follows one redirect: 1; there is none to follow: 0; it can't be followed: -1. */
static int go_on(struct m_http *http, struct exchange *x, struct m_http_reply *r)
{
    const char *location = http_redirect_is(http->status) ? m_http_value(r, "Location") : NULL;
    if (!location)
        return 0;
    if (r->n_redirects == MAX_REDIRECTS) {
        snprintf(http->error, sizeof http->error, "it redirects more than %d times", MAX_REDIRECTS);
        r->error_code = CURLE_TOO_MANY_REDIRECTS;
        return -1;
    }
    if (http_redirect_take(http, x, location) < 0) {
        r->error_code = CURLE_UNSUPPORTED_PROTOCOL;
        return -1;
    }
    r->n_redirects++;
    return 1;
}

static void perform(struct m_http *http, const struct m_http_request *request, struct m_http_reply *r)
{
    struct exchange x;
    struct m_deadline end =
        m_deadline_in(http->t, request->timeout_ms ? request->timeout_ms : http->options.timeout_ms);
    int more;
    exchange_begin(http, request, &x);
    do {
        CURLcode code = judge(http, http_transfer_once(http, request, &x, end));
        r->time_ms += took_ms(http);
        r->error_code = (int32_t)code;
        fill(http, r);
        if (http->look)
            http->look(r, http->look_user);
        http_record_answer(http, &x, code ? http->error : NULL, took_ms(http));
        http_record_seen(http, &x, code ? http->error : NULL);
        more = code || !request->follow ? 0 : go_on(http, &x, r);
    } while (more > 0);
    exchange_clear(&x);
    r->error = r->error_code ? http->error : NULL;
}

/* "GET /path?...": a query may carry a token, and a path what m_secret() was given. */
static const char *name_of(const struct m_http_request *request, char *room, size_t size)
{
    const char *path = request->path ? request->path : "", *method = request->method ? request->method : "GET";
    size_t shown = strcspn(path, "?"), n = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &n);
    if (out)
        evidence_line(out, path, shown, NAME_MOST);
    if (out && fclose(out) == 0)
        snprintf(room, size, "%.32s %s%s", method, text, path[shown] ? "?..." : "");
    else
        snprintf(room, size, "%.32s", method);
    free(text);
    return room;
}

static void log_request(struct m_http *http, const struct m_http_request *request, const struct m_http_reply *r)
{
    struct muster_ctx *t = http->t;
    char name[512], times[48] = "";
    name_of(request, name, sizeof name);
    if (r->n_redirects)
        snprintf(times, sizeof times, " after %d redirect%s", r->n_redirects, r->n_redirects > 1 ? "s" : "");
    if (r->error && r->status)
        LOG_DEBUG("%s: %d%s, but %s", name, r->status, times, r->error);
    else if (r->error)
        LOG_DEBUG("%s: %s", name, r->error);
    else
        LOG_DEBUG("%s: %d%s, %.1f ms, %" PRIu64 " bytes", name, r->status, times, r->time_ms, r->body_len);
}

struct m_http_reply m_try_request(struct m_http *http, const struct m_http_request *request)
{
    struct m_http_reply r = {.from = http};
    http_reply_text_clear(&http->redirects);
    perform(http, request, &r);
    if (!http->quiet)
        log_request(http, request, &r);
    return r;
}

struct m_http_reply m_request(struct m_http *http, const struct m_http_request *request)
{
    struct muster_ctx *t = http->t;
    struct m_http_reply r = m_try_request(http, request);
    char name[512];
    if (r.error && r.status)
        ERROR("%s: the answer, %d, is no good: %s", name_of(request, name, sizeof name), r.status, r.error);
    if (r.error)
        ERROR("%s: no answer: %s", name_of(request, name, sizeof name), r.error);
    return r;
}

struct m_http_reply m_get(struct m_http *http, const char *path)
{
    return M_REQUEST(http, .method = "GET", .path = path);
}

struct m_http_reply m_post(struct m_http *http, const char *path, const char *json)
{
    return M_REQUEST(http, .method = "POST", .path = path, .body = json);
}

struct m_http_reply m_put(struct m_http *http, const char *path, const char *json)
{
    return M_REQUEST(http, .method = "PUT", .path = path, .body = json);
}

struct m_http_reply m_patch(struct m_http *http, const char *path, const char *json)
{
    return M_REQUEST(http, .method = "PATCH", .path = path, .body = json);
}

struct m_http_reply m_delete(struct m_http *http, const char *path)
{
    return M_REQUEST(http, .method = "DELETE", .path = path);
}
