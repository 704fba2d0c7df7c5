/* SPDX-License-Identifier: Apache-2.0 */
/* One request: what is asked of libcurl, how long it may take, and what becomes of having no answer. */
#include "client.h"

#include <muster/kit/wait.h>

#include <stdlib.h>
#include <strings.h>

#define MAX_REDIRECTS 10L

static void set_connection(struct m_http *http)
{
    const struct libcurl *lib = http->lib;
    CURL *c = http->curl;
    const struct m_http_options *o = &http->options;
    lib->easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    lib->easy_setopt(c, CURLOPT_PROXY, "");
    lib->easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    lib->easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    lib->easy_setopt(c, CURLOPT_ERRORBUFFER, http->error);
    lib->easy_setopt(c, CURLOPT_USERAGENT, "muster");
    if (o->http1_only)
        lib->easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    if (o->unix_socket)
        lib->easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, o->unix_socket);
    if (o->ca_file)
        lib->easy_setopt(c, CURLOPT_CAINFO, o->ca_file);
    if (o->cert_file)
        lib->easy_setopt(c, CURLOPT_SSLCERT, o->cert_file);
    if (o->key_file)
        lib->easy_setopt(c, CURLOPT_SSLKEY, o->key_file);
    if (o->insecure) {
        lib->easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
        lib->easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static void set_body(struct m_http *http, const struct m_http_request *request)
{
    const struct libcurl *lib = http->lib;
    CURL *c = http->curl;
    const char *method = request->method;
    int takes_body = strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
    if (request->body || takes_body) {
        const char *body = request->body ? request->body : "";
        uint64_t length = request->body_len ? request->body_len : strlen(body);
        lib->easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
        lib->easy_setopt(c, CURLOPT_POSTFIELDS, body);
    }
    if (strcmp(method, "HEAD") == 0)
        lib->easy_setopt(c, CURLOPT_NOBODY, 1L);
    else
        lib->easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
}

static struct curl_slist *add_line(struct m_http *http, struct curl_slist *list, const char *line)
{
    struct muster_ctx *t = http->t;
    struct curl_slist *longer = http->lib->slist_append(list, line);
    if (!longer)
        ERROR("out of memory for a request's headers");
    return longer;
}

static int has_header(const struct curl_slist *list, const char *line)
{
    size_t n = strcspn(line, ":;") + 1;
    for (; list; list = list->next)
        if (strncasecmp(list->data, line, n - 1) == 0 && (list->data[n - 1] == ':' || list->data[n - 1] == ';'))
            return 1;
    return 0;
}

/* The request's own come first, and take the place of the client's of the same name. */
static struct curl_slist *all_headers(struct m_http *http, const struct m_http_request *request)
{
    struct curl_slist *list = NULL;
    for (const char *const *h = request->headers; h && *h; h++)
        list = add_line(http, list, *h);
    for (const struct curl_slist *h = http->headers; h; h = h->next)
        if (!has_header(list, h->data))
            list = add_line(http, list, h->data);
    char type[256];
    snprintf(type, sizeof type, "Content-Type: %s", request->media_type ? request->media_type : "application/json");
    if (!request->body)
        snprintf(type, sizeof type, "Content-Type:"); /* to curl: none */
    if (!has_header(list, type))
        list = add_line(http, list, type);
    return add_line(http, list, "Expect:");
}

static CURLcode perform(struct m_http *http, const struct m_http_request *request)
{
    struct muster_ctx *t = http->t;
    const struct libcurl *lib = http->lib;
    CURL *c = http->curl;
    const char *path = request->path ? request->path : "";
    size_t room = strlen(http->base_url) + strlen(path) + 1;
    char *url = malloc(room);
    if (!url)
        ERROR("out of memory for the URL of %s", path);
    snprintf(url, room, "%s%s", http->base_url, path);
    lib->easy_reset(c); /* keeps the connections */
    set_connection(http);
    set_body(http, request);
    struct curl_slist *headers = all_headers(http, request);
    uint64_t budget = m_budget_ms(t, request->timeout_ms ? request->timeout_ms : http->options.timeout_ms);
    lib->easy_setopt(c, CURLOPT_URL, url);
    lib->easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    /* To curl, 0 is without end. */
    lib->easy_setopt(c, CURLOPT_TIMEOUT_MS, !budget ? 1L : budget < INT32_MAX ? (long)budget : (long)INT32_MAX);
    lib->easy_setopt(c, CURLOPT_FOLLOWLOCATION, request->follow ? 1L : 0L);
    lib->easy_setopt(c, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
    lib->easy_setopt(c, CURLOPT_WRITEFUNCTION, reply_take_body);
    lib->easy_setopt(c, CURLOPT_WRITEDATA, http);
    lib->easy_setopt(c, CURLOPT_HEADERFUNCTION, reply_take_header);
    lib->easy_setopt(c, CURLOPT_HEADERDATA, http);
    CURLcode code = lib->easy_perform(c);
    lib->slist_free_all(headers);
    free(url);
    return code;
}

static void describe_failure(struct m_http *http, CURLcode code)
{
    if (http->body_too_large)
        snprintf(http->error, sizeof http->error, "the body is larger than %" PRIu64 " bytes", http->options.max_body);
    else if (!http->error[0])
        snprintf(http->error, sizeof http->error, "%s", http->lib->easy_strerror(code));
}

static void log_request(struct m_http *http, const struct m_http_request *request, const struct m_http_reply *r)
{
    struct muster_ctx *t = http->t;
    const char *path = request->path ? request->path : "";
    int shown = (int)strcspn(path, "?"); /* a query may carry a token */
    const char *query = path[shown] ? "?..." : "";
    if (r->error)
        LOG_DEBUG("%s %.*s%s: %s", request->method, shown, path, query, r->error);
    else
        LOG_DEBUG("%s %.*s%s: %d, %.1f ms, %" PRIu64 " bytes", request->method, shown, path, query, r->status,
                  r->time_ms, r->body_len);
}

struct m_http_reply m_try_request(struct m_http *http, const struct m_http_request *request)
{
    struct m_http_reply r = {.from = http};
    reply_text_clear(&http->body);
    reply_text_clear(&http->head);
    http->body_too_large = 0;
    http->error[0] = '\0';
    CURLcode code = perform(http, request);
    curl_off_t took_us = 0;
    http->lib->easy_getinfo(http->curl, CURLINFO_TOTAL_TIME_T, &took_us);
    r.time_ms = (double)took_us / 1000.0;
    r.body = http->body.bytes ? http->body.bytes : "";
    r.body_len = http->body.length;
    r.headers = http->head.bytes ? http->head.bytes : "";
    if (code == CURLE_OK) {
        long status = 0;
        http->lib->easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
        r.status = (int32_t)status;
    } else {
        describe_failure(http, code);
        r.error = http->error;
        r.error_code = (int32_t)code;
    }
    log_request(http, request, &r);
    return r;
}

struct m_http_reply m_request(struct m_http *http, const struct m_http_request *request)
{
    struct muster_ctx *t = http->t;
    struct m_http_reply r = m_try_request(http, request);
    if (r.error) {
        const char *path = request->path ? request->path : "";
        ERROR("%s %.*s: no answer: %s", request->method, (int)strcspn(path, "?"), path, r.error);
    }
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
