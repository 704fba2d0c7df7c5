/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP over libwebsockets: one request per connection at a time, kept alive in between. */
#include "server/http.h"

#include "common/clock.h"
#include "common/number.h"
#include "server/listener.h"
#include "server/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A body beyond the limit is read and thrown away up to here, so that the client hears 413 instead of a reset. */
#define DRAIN_MAX (64LL * 1024 * 1024)
#define HEAD_ROOM 6144

static struct http_uses above;

struct session {
    struct request *request;
};

static int64_t now_us(void)
{
    return (int64_t)lws_now_usecs();
}

static void read_method(struct lws *wsi, struct request *r)
{
    static const struct {
        int lws;
        enum method method;
        const char *name;
    } methods[] = {
        {LWSHUMETH_GET, M_GET, "GET"},           {LWSHUMETH_POST, M_POST, "POST"},
        {LWSHUMETH_PUT, M_PUT, "PUT"},           {LWSHUMETH_PATCH, M_PATCH, "PATCH"},
        {LWSHUMETH_DELETE, M_DELETE, "DELETE"},  {LWSHUMETH_HEAD, M_OTHER, "HEAD"},
        {LWSHUMETH_OPTIONS, M_OTHER, "OPTIONS"},
    };
    char *uri;
    int uri_len;
    int found = lws_http_get_uri_and_method(wsi, &uri, &uri_len);

    r->method = M_OTHER;
    snprintf(r->method_name, sizeof r->method_name, "OTHER");
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (methods[i].lws == found) {
            r->method = methods[i].method;
            snprintf(r->method_name, sizeof r->method_name, "%s", methods[i].name);
        }
    }
}

static void read_query(struct lws *wsi, struct request *r)
{
    char pair[PATH_MAX_LEN];
    size_t used = 0;

    for (int n = 0; lws_hdr_copy_fragment(wsi, pair, sizeof pair, WSI_TOKEN_HTTP_URI_ARGS, n) >= 0; n++) {
        int wrote = snprintf(r->query + used, sizeof r->query - used, "%s%s", n ? "&" : "", pair);
        if (wrote < 0 || (size_t)wrote >= sizeof r->query - used)
            break;
        used += (size_t)wrote;
        char *equals = strchr(pair, '=');
        if (equals)
            *equals = '\0';
        json_object_set_new(r->args, pair, json_string(equals ? equals + 1 : ""));
    }
}

/* "" when there is none, or one that is longer. */
static void copy_header(struct lws *wsi, enum lws_token_indexes token, char *ret_value, int size)
{
    if (lws_hdr_copy(wsi, ret_value, size, token) < 0)
        ret_value[0] = '\0';
}

static void copy_custom(struct lws *wsi, const char *name, char *ret_value, int size)
{
    ret_value[0] = '\0';
    if (lws_hdr_custom_copy(wsi, ret_value, size, name, (int)strlen(name)) < 0)
        ret_value[0] = '\0';
}

static bool came_by_https(struct lws *wsi)
{
    char scheme[8];

    copy_custom(wsi, "x-forwarded-proto:", scheme, sizeof scheme);
    return strcasecmp(scheme, "https") == 0;
}

void http_read_head(struct lws *wsi, struct request *r, const char *path, size_t path_len)
{
    r->wsi = wsi;
    r->started_us = now_us();
    read_method(wsi, r);
    snprintf(r->path, sizeof r->path, "%.*s", (int)path_len, path);
    read_query(wsi, r);
    copy_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, r->authorization, sizeof r->authorization);
    copy_header(wsi, WSI_TOKEN_HTTP_IF_MATCH, r->if_match, sizeof r->if_match);
    copy_header(wsi, WSI_TOKEN_HTTP_COOKIE, r->cookies, sizeof r->cookies);
    copy_header(wsi, WSI_TOKEN_HTTP_USER_AGENT, r->agent, sizeof r->agent);
    copy_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, r->content_type, sizeof r->content_type);
    copy_header(wsi, WSI_TOKEN_HOST, r->host, sizeof r->host);
    lws_get_peer_simple(wsi, r->peer, sizeof r->peer);
    r->by_https = came_by_https(wsi);
    copy_custom(wsi, "x-muster-key:", r->key_id, sizeof r->key_id);
    copy_custom(wsi, "x-muster-timestamp:", r->key_timestamp, sizeof r->key_timestamp);
    copy_custom(wsi, "x-muster-nonce:", r->key_nonce, sizeof r->key_nonce);
    copy_custom(wsi, "x-muster-signature:", r->key_signature, sizeof r->key_signature);
}

static int dispatch(struct request *r)
{
    above.dispatch(r);
    if (!r->deferred || r->status != 0)
        r->completed = true;
    if (r->completed)
        lws_callback_on_writable(r->wsi);
    return 0;
}

static int begin_request(struct testbed *tb, struct lws *wsi, struct session *s, const char *path, size_t path_len)
{
    char length[32] = "";
    int64_t expected = 0;

    request_free(s->request);
    struct request *r = s->request = request_new(tb);
    if (!r)
        return -1;
    http_read_head(wsi, r, path, path_len);
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
        reply_error(r, 411, "length_required", "a body needs a Content-Length");
        r->close_after = true;
        r->completed = true;
        lws_callback_on_writable(wsi);
        return 0;
    }
    lws_hdr_copy(wsi, length, sizeof length, WSI_TOKEN_HTTP_CONTENT_LENGTH);
    if (length[0] && !number_parse(length, 0, INT64_MAX, &expected)) {
        reply_error(r, 400, "bad_request", "the Content-Length is no number");
        r->close_after = true;
        r->completed = true;
        lws_callback_on_writable(wsi);
        return 0;
    }
    if (expected == 0) {
        /* Without a Content-Length libwebsockets would take what follows for this request's body. */
        if ((r->method == M_POST || r->method == M_PUT || r->method == M_PATCH) && !length[0])
            r->close_after = true;
        return dispatch(r);
    }
    r->body_expected = (size_t)expected;
    if (expected > BODY_MAX) {
        r->body_too_large = true;
        r->close_after = true;
        reply_error(r, 413, "body_too_large", "a body may have %d bytes", BODY_MAX);
        if (expected > DRAIN_MAX || lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_EXPECT) > 0) {
            r->completed = true;
            lws_callback_on_writable(wsi);
        }
        return 0;
    }
    r->body = calloc(1, r->body_expected + 1); /* what reads it as text finds its end */
    return r->body ? 0 : -1;
}

static int take_body(struct request *r, const void *data, size_t len)
{
    if (!r || r->completed || r->body_too_large || !r->body)
        return 0;
    if (len > r->body_expected - r->body_len)
        return -1;
    memcpy(r->body + r->body_len, data, len);
    r->body_len += len;
    return 0;
}

static int end_body(struct request *r)
{
    if (!r || r->completed || r->deferred)
        return 0;
    if (r->body_too_large) {
        r->completed = true;
        lws_callback_on_writable(r->wsi);
        return 0;
    }
    return dispatch(r);
}

static int add_headers(struct lws *wsi, struct request *r, size_t body_len, unsigned char **p, unsigned char *end)
{
    char id[32];

    if (lws_add_http_header_status(wsi, (unsigned)r->status, p, end))
        return -1;
    if (r->reply || r->text) {
        const char *type = r->text ? r->text_type : "application/json";
        if (lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, (const unsigned char *)type,
                                         (int)strlen(type), p, end) ||
            lws_add_http_header_content_length(wsi, body_len, p, end))
            return -1;
    }
    snprintf(id, sizeof id, "r-%llu", (unsigned long long)r->number);
    reply_header(r, "X-Request-Id", "%s", id);
    if (!strstr(r->reply_headers, "Cache-Control: "))
        reply_header(r, "Cache-Control", "no-store");
    if (r->close_after)
        reply_header(r, "Connection", "close");
    char *rest = r->reply_headers, *line;
    while ((line = strsep(&rest, "\n"))) {
        char *value = strstr(line, ": ");
        if (!value)
            continue;
        size_t name_len = (size_t)(value - line) + 1;
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)name_len, line);
        value += 2;
        if (lws_add_http_header_by_name(wsi, (unsigned char *)name, (unsigned char *)value, (int)strlen(value), p, end))
            return -1;
    }
    return lws_finalize_http_header(wsi, p, end);
}

/* Without the query, in which a token may stand, and without what was sent; and nothing that a terminal would obey. */
static void log_request(const struct request *r)
{
    char now[TIME_TEXT_MAX], path[sizeof r->path];

    memcpy(path, r->path, sizeof path);
    for (char *c = path; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    clock_now_text(now);
    fprintf(stderr, "%s r-%llu %s %s %d %lld us%s%s\n", now, (unsigned long long)r->number, r->method_name, path,
            r->status, (long long)(now_us() - r->started_us), r->who.username[0] ? " " : "", r->who.username);
}

int http_send(struct lws *wsi, struct request *r)
{
    char *json = r->reply && !r->text ? json_dumps(r->reply, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const char *body = r->text ? r->text : json;
    size_t body_len = body ? strlen(body) : 0;
    /* What follows the head of such an answer is the next one. */
    size_t sent_len = strcmp(r->method_name, "HEAD") == 0 ? 0 : body_len;
    unsigned char *buffer = malloc(LWS_PRE + HEAD_ROOM + sent_len);
    int failed = -1;

    if (!r->tb->opt.quiet)
        log_request(r); /* before the client can go on: who looks into the log after its answer finds it there */
    if (buffer) {
        unsigned char *start = buffer + LWS_PRE, *p = start;
        if (add_headers(wsi, r, body_len, &p, start + HEAD_ROOM) == 0) {
            /* At a refused handshake libwebsockets has not noted the request's version yet, and would say 1.0. */
            if (memcmp(start, "HTTP/1.0", 8) == 0)
                start[7] = '1';
            if (sent_len > 0)
                memcpy(p, body, sent_len);
            p += sent_len;
            /* One write: head and body leave in one segment. What the socket does not take is kept and sent by
             * libwebsockets. */
            failed = lws_write(wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_HEADERS) < 0;
        }
    }
    free(buffer);
    free(json);
    struct metrics *m = &r->tb->metrics;
    m->requests++;
    m->by_status[r->status < 600 ? r->status : 0]++;
    return failed;
}

static int send_answer(struct lws *wsi, struct session *s)
{
    struct request *r = s->request;

    if (!r || !r->completed)
        return 0;
    bool close_after = r->close_after;
    int failed = http_send(wsi, r);
    s->request = NULL;
    request_free(r);
    if (failed || close_after)
        return -1;
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* The client has gone. Who deferred the answer still holds the request: request_complete() frees it then. */
static void drop_request(struct session *s)
{
    struct request *r = s->request;

    s->request = NULL;
    if (r && r->deferred && !r->completed)
        r->wsi = NULL;
    else
        request_free(r);
}

static int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct session *s = user;
    struct testbed *tb = lws_context_user(lws_get_context(wsi));
    const struct lws_protocols *protocol = lws_get_protocol(wsi);

    /* The first protocol hears of the end of every connection, watched descriptors included. */
    if (protocol && protocol->callback == watch_callback)
        return 0;
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return begin_request(tb, wsi, s, in, len);
    case LWS_CALLBACK_HTTP_BODY:
        return take_body(s->request, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return end_body(s->request);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return send_answer(wsi, s);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
    case LWS_CALLBACK_CLOSED_HTTP:
        if (s)
            drop_request(s);
        return 0;
    default:
        return above.websocket(tb, wsi, reason, in, len);
    }
}

static const struct lws_protocols protocols[] = {
    /* The first one serves HTTP, and WebSocket clients that name no subprotocol. */
    {.name = "muster-testbed",
     .callback = http_callback,
     .per_session_data_size = sizeof(struct session),
     .rx_buffer_size = 65536},
    {.name = WATCH_PROTOCOL, .callback = watch_callback},
    {.name = NULL},
};

static void log_line(int level, const char *line)
{
    (void)level;
    fprintf(stderr, "muster-testbed: libwebsockets: %s", line);
}

int http_start(struct testbed *tb, const struct http_uses *uses)
{
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = protocols,
        .options = LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .user = tb,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .max_http_header_data = 8192,
        .max_http_header_pool = 256,
        .pt_serv_buf_size = 65536,
        .timeout_secs = 30,
        .keepalive_timeout = 120,
        .fd_limit_per_thread = 4096,
    };

    above = *uses;
    lws_set_log_level(LLL_ERR, log_line);
    tb->lws = lws_create_context(&info);
    if (!tb->lws)
        return -1;
    tb->vhost = lws_create_vhost(tb->lws, &info);
    return tb->vhost ? listener_start(tb) : -1;
}

int http_port(const struct testbed *tb)
{
    return listener_port(tb);
}
