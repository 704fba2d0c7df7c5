/* SPDX-License-Identifier: Apache-2.0 */
/* From a URL to an open WebSocket: libcurl connects, then the handshake is spoken over its connection. */
#include "client.h"
#include "handshake.h"
#include "libcrypto.h"

#include <poll.h>
#include <stdlib.h>

#define DEFAULT_TIMEOUT_MS  10000u
#define DEFAULT_MAX_MESSAGE (64u << 20)
#define HEAD_ROOM           16384u /* of the handshake's answer, and what comes with it */

struct place {
    char *url, *host, *path; /* url as curl takes it: http or https */
};

static void place_clear(struct place *p)
{
    free(p->url);
    free(p->host);
    free(p->path);
}

static int refuse(struct m_ws_refusal *why, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int refuse(struct m_ws_refusal *why, int status, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why->reason, sizeof why->reason, fmt, ap);
    va_end(ap);
    why->status = status;
    return -1;
}

static char *url_part(const struct libcurl *lib, CURLU *u, CURLUPart part)
{
    char *from_curl = NULL, *own = NULL;
    if (lib->url_get(u, part, &from_curl, 0) == CURLUE_OK)
        own = strdup(from_curl);
    lib->free(from_curl);
    return own;
}

static char *join(const char *a, const char *between, const char *b)
{
    char *text = NULL;
    return asprintf(&text, "%s%s%s", a, b ? between : "", b ? b : "") < 0 ? NULL : text;
}

static int place_take(const struct libcurl *lib, CURLU *u, struct place *p)
{
    char *scheme = url_part(lib, u, CURLUPART_SCHEME);
    int known = scheme && (strcmp(scheme, "ws") == 0 || strcmp(scheme, "wss") == 0);
    if (!known || lib->url_set(u, CURLUPART_SCHEME, strcmp(scheme, "ws") == 0 ? "http" : "https", 0)) {
        free(scheme);
        return -1;
    }
    free(scheme);
    char *host = url_part(lib, u, CURLUPART_HOST), *port = url_part(lib, u, CURLUPART_PORT);
    char *path = url_part(lib, u, CURLUPART_PATH), *query = url_part(lib, u, CURLUPART_QUERY);
    p->url = url_part(lib, u, CURLUPART_URL);
    p->host = host ? join(host, ":", port) : NULL;
    p->path = path ? join(path, "?", query) : NULL;
    free(host);
    free(port);
    free(path);
    free(query);
    return p->url && p->host && p->path ? 0 : -1;
}

static int place_read(const struct libcurl *lib, const char *url, struct place *ret_place, struct m_ws_refusal *why)
{
    CURLU *u = lib->url();
    CURLUcode code =
        u ? lib->url_set(u, CURLUPART_URL, url ? url : "", CURLU_NON_SUPPORT_SCHEME) : CURLUE_OUT_OF_MEMORY;
    int ok = code == CURLUE_OK && place_take(lib, u, ret_place) == 0;
    lib->url_cleanup(u);
    if (ok)
        return 0;
    return refuse(why, 0, "cannot use it as the URL of a WebSocket: %s",
                  code ? lib->url_strerror(code) : "the scheme must be ws or wss");
}

static int wire_connect(struct m_ws *ws, const struct place *p, const struct m_ws_options *o, struct m_deadline end,
                        struct m_ws_refusal *why)
{
    const struct libcurl *lib = ws->lib;
    CURL *c = ws->curl;
    char words[CURL_ERROR_SIZE] = "";
    int left = m_deadline_poll_ms(end);
    lib->easy_setopt(c, CURLOPT_URL, p->url);
    lib->easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
    lib->easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    lib->easy_setopt(c, CURLOPT_PROXY, "");
    lib->easy_setopt(c, CURLOPT_SSL_ENABLE_ALPN, 0L); /* HTTP/2 could be negotiated otherwise */
    lib->easy_setopt(c, CURLOPT_ERRORBUFFER, words);
    lib->easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, left > 0 ? (long)left : 1L);
    if (o->ca_file)
        lib->easy_setopt(c, CURLOPT_CAINFO, o->ca_file);
    if (o->cert_file)
        lib->easy_setopt(c, CURLOPT_SSLCERT, o->cert_file);
    if (o->key_file)
        lib->easy_setopt(c, CURLOPT_SSLKEY, o->key_file);
    lib->easy_setopt(c, CURLOPT_SSL_VERIFYPEER, o->insecure ? 0L : 1L);
    lib->easy_setopt(c, CURLOPT_SSL_VERIFYHOST, o->insecure ? 0L : 2L);
    CURLcode code = lib->easy_perform(c);
    if (!code)
        code = lib->easy_getinfo(c, CURLINFO_ACTIVESOCKET, &ws->fd);
    lib->easy_setopt(c, CURLOPT_ERRORBUFFER, NULL);
    return code ? refuse(why, 0, "%s", words[0] ? words : lib->easy_strerror(code)) : 0;
}

static int wait_for(struct m_ws *ws, short events, struct m_deadline end)
{
    struct pollfd p = {.fd = ws->fd, .events = events};
    int left = m_deadline_poll_ms(end);
    return left > 0 && poll(&p, 1, left) != 0 ? 0 : -1;
}

static int speak(struct m_ws *ws, const char *text, struct m_deadline end, struct m_ws_refusal *why)
{
    const char *cause;
    for (size_t left = strlen(text); left;) {
        ssize_t n = wire_send(ws, text, left, &cause);
        if (n < 0)
            return refuse(why, 0, "the handshake could not be sent: %s", cause);
        if (n == 0 && wait_for(ws, POLLOUT, end) < 0)
            return refuse(why, 0, "the server did not take the handshake in time");
        text += n;
        left -= (size_t)n;
    }
    return 0;
}

/* Reads until the head is whole; *ret_head_length counts its empty line. */
static int listen_head(struct m_ws *ws, struct m_deadline end, size_t *ret_head_length, struct m_ws_refusal *why)
{
    const char *cause;
    for (;;) {
        char *blank = strstr(ws->ahead, "\r\n\r\n");
        if (blank) {
            *ret_head_length = (size_t)(blank - ws->ahead) + 4;
            return 0;
        }
        if (ws->ahead_length == HEAD_ROOM)
            return refuse(why, 0, "the answer's headers are longer than %u bytes", HEAD_ROOM);
        ssize_t n = wire_receive(ws, ws->ahead + ws->ahead_length, HEAD_ROOM - ws->ahead_length, &cause);
        if (n < 0)
            return refuse(why, 0, "the connection ended during the handshake: %s", cause);
        if (n == 0 && wait_for(ws, POLLIN, end) < 0)
            return refuse(why, 0, "the server did not answer the handshake in time");
        ws->ahead_length += (size_t)n;
        ws->ahead[ws->ahead_length] = '\0';
    }
}

/* What a server says to its refusal, as far as it fits and comes in time. */
static void listen_body(struct m_ws *ws, size_t head_length, struct m_deadline end, struct m_ws_refusal *why)
{
    char value[24];
    const char *cause;
    size_t wanted = sizeof why->body - 1, have = ws->ahead_length - head_length;
    if (handshake_header(ws->ahead, "Content-Length", value, sizeof value) == 0 && strtoull(value, NULL, 10) < wanted)
        wanted = (size_t)strtoull(value, NULL, 10);
    if (have > wanted)
        have = wanted;
    memcpy(why->body, ws->ahead + head_length, have);
    while (have < wanted) {
        ssize_t n = wire_receive(ws, why->body + have, wanted - have, &cause);
        if (n < 0 || (n == 0 && wait_for(ws, POLLIN, end) < 0))
            break;
        have += (size_t)n;
    }
    why->body[have] = '\0';
}

static int judge(struct m_ws *ws, const char *key, const struct m_ws_options *o, size_t head_length,
                 struct m_deadline end, struct m_ws_refusal *why)
{
    char chosen[256];
    int status = handshake_status(ws->ahead);
    if (status < 0)
        return refuse(why, 0, "the answer is not HTTP/1");
    if (status != 101) {
        listen_body(ws, head_length, end, why);
        return refuse(why, status, "the handshake was answered with %d", status);
    }
    /* What follows the head is frames already. */
    char rest = ws->ahead[head_length];
    ws->ahead[head_length] = '\0';
    const char *fault = handshake_fault(ws->ahead, key, o->subprotocol);
    if (!fault && handshake_header(ws->ahead, "Sec-WebSocket-Protocol", chosen, sizeof chosen) == 0)
        ws->subprotocol = strdup(chosen);
    ws->ahead[head_length] = rest;
    ws->ahead_taken = head_length;
    return fault ? refuse(why, 0, "%s", fault) : 0;
}

static int shake(struct m_ws *ws, const struct place *p, const struct m_ws_options *o, struct m_deadline end,
                 struct m_ws_refusal *why)
{
    char key[HANDSHAKE_KEY_SIZE];
    size_t head_length = 0;
    struct handshake_target target = {p->host, p->path};
    char *request = handshake_make_key(key) == 0 ? handshake_request(&target, o, key) : NULL;
    if (!request)
        return refuse(why, 0, "the handshake could not be made");
    int r = speak(ws, request, end, why);
    free(request);
    if (r < 0 || listen_head(ws, end, &head_length, why) < 0)
        return -1;
    return judge(ws, key, o, head_length, end, why);
}

static int establish(struct m_ws *ws, const char *url, const struct m_ws_options *o, struct m_ws_refusal *why)
{
    struct place p = {0};
    struct m_deadline end = m_deadline_in(ws->t, o->timeout_ms ? o->timeout_ms : DEFAULT_TIMEOUT_MS);
    int r = place_read(ws->lib, url, &p, why);
    if (r == 0)
        r = wire_connect(ws, &p, o, end, why);
    if (r == 0)
        r = shake(ws, &p, o, end, why);
    if (r == 0 && frames_start(ws, o->max_message ? o->max_message : DEFAULT_MAX_MESSAGE) < 0)
        r = refuse(why, 0, "out of memory");
    place_clear(&p);
    return r;
}

struct m_ws *m_ws_try_open(struct muster_ctx *t, const char *url, const struct m_ws_options *options,
                           struct m_ws_refusal *ret_refusal)
{
    static const struct m_ws_options defaults;
    const char *why;
    const struct libcurl *lib = libcurl(&why);
    memset(ret_refusal, 0, sizeof *ret_refusal);
    if (!lib || !libcrypto(&why))
        ERROR("no WebSocket: %s", why);
    struct m_ws *ws = calloc(1, sizeof *ws);
    if (!ws)
        ERROR("out of memory for a WebSocket");
    ws->t = t;
    ws->fd = -1;
    ws->last = &ws->first;
    ws->lib = lib;
    ws->curl = lib->easy_init();
    ws->ahead = calloc(1, HEAD_ROOM + 1);
    if (!ws->curl || !ws->ahead)
        ERROR("out of memory for a WebSocket");
    if (establish(ws, url, options ? options : &defaults, ret_refusal) == 0) {
        LOG_DEBUG("WebSocket opened");
        return ws;
    }
    LOG_DEBUG("WebSocket not opened: %s", ret_refusal->reason);
    m_ws_free(ws);
    return NULL;
}

struct m_ws *m_ws_open(struct muster_ctx *t, const char *url, const struct m_ws_options *options)
{
    struct m_ws_refusal why;
    struct m_ws *ws = m_ws_try_open(t, url, options, &why);
    if (!ws && why.status)
        FAIL("WebSocket refused: %s: %.512s", why.reason, why.body);
    if (!ws)
        ERROR("no WebSocket: %s", why.reason);
    return ws;
}

void m_ws_free(struct m_ws *ws)
{
    if (!ws)
        return;
    if (ws->frames)
        wslay_event_context_free(ws->frames);
    ws->lib->easy_cleanup(ws->curl);
    for (struct inbox_entry *e = ws->first, *next; e; e = next) {
        next = e->next;
        free(e);
    }
    free(ws->held);
    free(ws->ahead);
    free(ws->subprotocol);
    free(ws);
}

const char *m_ws_subprotocol(const struct m_ws *ws)
{
    return ws->subprotocol;
}
