/* SPDX-License-Identifier: Apache-2.0 */
/* From a URL to an open WebSocket: libcurl connects, then the handshake is spoken over its connection. */
#include "client.h"
#include "field.h"
#include "handshake.h"
#include "libcrypto.h"
#include "libz.h"

#include <muster/kit/data.h>
#include <poll.h>
#include <stdlib.h>
#include <strings.h>

#define DEFAULT_TIMEOUT_MS  10000u
#define DEFAULT_MAX_MESSAGE (64u << 20)
#define HEAD_ROOM           65536u /* of the handshake's answer, and what comes with it */

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
    if (!url)
        return refuse(why, 0, URL_IS_NULL, "ws");
    CURLU *u = lib->url();
    CURLUcode code =
        u ? lib->url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS) : CURLUE_OUT_OF_MEMORY;
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
    lib->easy_setopt(c, CURLOPT_SSL_ENABLE_ALPN, 0L); /* HTTP/2 could be negotiated otherwise */
    lib->easy_setopt(c, CURLOPT_ERRORBUFFER, words);
    lib->easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, left > 0 ? (long)left : 1L);
    const struct libcurl_trust trust = {o->ca_file, o->cert_file, o->key_file, o->insecure != 0};
    lazy_libcurl_prepare(lib, c, &trust);
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
        ssize_t n = ws_wire_send(ws, text, left, &cause);
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
        ssize_t n = ws_wire_receive(ws, ws->ahead + ws->ahead_length, HEAD_ROOM - ws->ahead_length, &cause);
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
    if (ws_handshake_header(ws->ahead, "Content-Length", value, sizeof value) == 0 &&
        strtoull(value, NULL, 10) < wanted)
        wanted = (size_t)strtoull(value, NULL, 10);
    if (have > wanted)
        have = wanted;
    memcpy(why->body, ws->ahead + head_length, have);
    while (have < wanted) {
        ssize_t n = ws_wire_receive(ws, why->body + have, wanted - have, &cause);
        if (n < 0 || (n == 0 && wait_for(ws, POLLIN, end) < 0))
            break;
        have += (size_t)n;
    }
    why->body[have] = '\0';
}

/* As much of the answer's fields as fits. */
static void keep_fields(const struct m_ws *ws, struct m_ws_refusal *why)
{
    snprintf(why->headers, sizeof why->headers, "%s", ws->answer ? ws->answer : "");
}

static int judge(struct m_ws *ws, const char *key, const struct m_ws_options *o, size_t head_length,
                 struct m_deadline end, struct m_ws_refusal *why)
{
    int status = ws_handshake_status(ws->ahead);
    if (status < 0)
        return refuse(why, 0, "the answer is not HTTP/1");
    /* What follows the head is a body, or frames already. */
    char rest = ws->ahead[head_length];
    ws->ahead[head_length] = '\0';
    ws->answer = ws_handshake_fields(ws->ahead);
    const char *fault = status == 101 ? ws_handshake_fault(ws->ahead, key, o, &ws->extension) : NULL;
    if (status == 101 && !fault)
        ws->subprotocol = ws_handshake_values(ws->ahead, "Sec-WebSocket-Protocol");
    ws->ahead[head_length] = rest;
    ws->ahead_taken = head_length;
    if (status == 101 && !fault)
        return 0;
    keep_fields(ws, why);
    if (fault)
        return refuse(why, 0, "%s", fault);
    listen_body(ws, head_length, end, why);
    return refuse(why, status, "the handshake was answered with %d", status);
}

static int shake(struct m_ws *ws, const struct place *p, const struct m_ws_options *o, struct m_deadline end,
                 struct m_ws_refusal *why)
{
    char key[HANDSHAKE_KEY_SIZE];
    size_t head_length = 0;
    struct handshake_target target = {p->host, p->path};
    char *request = ws_handshake_make_key(key) == 0 ? ws_handshake_request(&target, o, key) : NULL;
    if (!request)
        return refuse(why, 0, "the handshake could not be made");
    int r = speak(ws, request, end, why);
    free(request);
    if (r < 0 || listen_head(ws, end, &head_length, why) < 0)
        return -1;
    return judge(ws, key, o, head_length, end, why);
}

static int start(struct m_ws *ws, struct m_ws_refusal *why)
{
    if (ws->extension.on && !(ws->deflate = ws_deflate_open(&ws->extension)))
        return refuse(why, 0, "out of memory");
    return 0;
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
    if (r == 0)
        r = start(ws, why);
    place_clear(&p);
    return r;
}

static void require_header(struct muster_ctx *t, const char *name, size_t n, const char *value)
{
    if (!field_is_token(name, n))
        ERROR("the header \"%.*s\" of a WebSocket's handshake: its name is no token", (int)(n < 64 ? n : 64), name);
    const char *fault = field_fault(value);
    if (fault)
        ERROR("the header \"%.*s\" of a WebSocket's handshake: %s", (int)n, name, fault);
}

/* What can't be sent is the author's mistake, and no refusal. */
static void require_options(struct muster_ctx *t, const struct m_ws_options *o)
{
    for (const char *const *h = o->headers; h && *h; h++) {
        const char *colon = strchr(*h, ':');
        if (!colon)
            ERROR("the header \"%.64s\" of a WebSocket's handshake has no colon", *h);
        require_header(t, *h, (size_t)(colon - *h), colon + 1);
    }
    if (o->bearer)
        require_header(t, "Authorization", strlen("Authorization"), o->bearer);
    if (o->subprotocol)
        require_header(t, "Sec-WebSocket-Protocol", strlen("Sec-WebSocket-Protocol"), o->subprotocol);
    const char *fault = ws_extension_option_fault(o);
    if (fault)
        ERROR("a WebSocket's %s", fault);
}

static struct m_ws *make(struct muster_ctx *t, const struct libcurl *lib, const struct m_ws_options *o)
{
    struct m_ws *ws = calloc(1, sizeof *ws);
    if (!ws)
        ERROR("out of memory for a WebSocket");
    ws->t = t;
    ws->fd = -1;
    ws->messages.last = &ws->messages.first;
    ws->frames.last = &ws->frames.first;
    ws->number = ws_transcript_number();
    ws->max_message = o->max_message ? o->max_message : DEFAULT_MAX_MESSAGE;
    ws->see_frames = o->see_frames;
    ws->lib = lib;
    ws->curl = lib->easy_init();
    ws->ahead = calloc(1, HEAD_ROOM + 1);
    if (!ws->curl || !ws->ahead)
        ERROR("out of memory for a WebSocket");
    return ws;
}

static const struct libcurl *load(struct muster_ctx *t, const struct m_ws_options *o)
{
    const char *why;
    const struct libcurl *lib = lazy_libcurl(&why);
    if (!lib || !lazy_libcrypto(&why) || (o->deflate && !lazy_libz(&why)))
        ERROR("no WebSocket: %s", why);
    return lib;
}

struct m_ws *m_ws_try_open(struct muster_ctx *t, const char *url, const struct m_ws_options *options,
                           struct m_ws_refusal *ret_refusal)
{
    static const struct m_ws_options defaults;
    const struct m_ws_options *o = options ? options : &defaults;
    memset(ret_refusal, 0, sizeof *ret_refusal);
    const struct libcurl *lib = load(t, o);
    require_options(t, o);
    m_secret(t, o->bearer);
    struct m_ws *ws = make(t, lib, o);
    if (establish(ws, url, o, ret_refusal) == 0) {
        LOG_DEBUG("WebSocket opened%s", ws->deflate ? ", compressed" : "");
        ws_transcript_note(t, ws->number, ws->deflate ? "opened, compressed:" : "opened:", url);
        return ws;
    }
    LOG_DEBUG("WebSocket not opened: %s", ret_refusal->reason);
    ws_transcript_note(t, ws->number, "not opened:", ret_refusal->reason);
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
    ws_incoming_end(ws);
    ws->lib->easy_cleanup(ws->curl);
    ws_deflate_close(ws->deflate);
    ws_inbox_clear(&ws->messages);
    ws_inbox_clear(&ws->frames);
    free(ws->frame.copy);
    free(ws->message.entry);
    free(ws->out);
    free(ws->ahead);
    free(ws->answer);
    free(ws->subprotocol);
    free(ws);
}

const char *m_ws_subprotocol(const struct m_ws *ws)
{
    return ws->subprotocol;
}

const char *m_ws_headers(const struct m_ws *ws)
{
    return ws->answer;
}

int m_ws_is_compressed(const struct m_ws *ws)
{
    return ws->deflate != NULL;
}

const char *m_ws_value(const struct m_ws *ws, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = ws->answer, *end; line && *line; line = end + 1) {
        end = strchrnul(line, '\n');
        if (strncasecmp(line, name, n) == 0 && line[n] == ':') {
            const char *value = line + n + 1 + strspn(line + n + 1, " \t");
            return m_keep(ws->t, value, (size_t)(end - value));
        }
        if (!*end)
            break;
    }
    return NULL;
}
