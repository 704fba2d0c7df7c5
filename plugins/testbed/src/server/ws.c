/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket connections: handshake, frames in and out. */
#include "server/ws.h"

#include "common/clock.h"
#include "server/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PENDING_MAX       16384
#define PENDING_BYTES_MAX (8u * 1024 * 1024)
#define FRAMES_PER_TURN   64
#define CLOSE_GRACE_S     2

struct frame {
    struct frame *next;
    struct shared_text *event; /* or */
    char *text;
    size_t len;
};

static struct ws_uses above;
static struct ws_client *clients;
static uint64_t client_number;

void ws_start(const struct ws_uses *uses)
{
    above = *uses;
}

struct shared_text *shared_text_new(const char *text, size_t len)
{
    struct shared_text *s = malloc(sizeof *s + len + 1);

    if (!s)
        return NULL;
    s->references = 1;
    s->len = len;
    memcpy(s->text, text, len);
    s->text[len] = '\0';
    return s;
}

struct shared_text *shared_text_ref(struct shared_text *s)
{
    s->references++;
    return s;
}

void shared_text_unref(struct shared_text *s)
{
    if (s && --s->references == 0)
        free(s);
}

struct ws_client *ws_clients(void)
{
    return clients;
}

size_t ws_client_count(void)
{
    size_t n = 0;

    for (const struct ws_client *c = clients; c; c = c->next)
        n++;
    return n;
}

static void free_frames(struct ws_client *c)
{
    while (c->head) {
        struct frame *next = c->head->next;
        shared_text_unref(c->head->event);
        free(c->head->text);
        free(c->head);
        c->head = next;
    }
    c->tail = &c->head;
    c->pending = c->pending_bytes = 0;
}

static void free_client(struct ws_client *c)
{
    for (struct ws_client **at = &clients; *at; at = &(*at)->next) {
        if (*at == c) {
            *at = c->next;
            break;
        }
    }
    lws_sul_cancel(&c->expiry);
    above.closed(c);
    free_frames(c);
    free(c->message);
    free(c);
}

void ws_close(struct ws_client *c, int code, const char *reason)
{
    if (c->close_code != 0)
        return;
    c->close_code = code;
    c->close_reason = reason;
    free_frames(c);
    /* A client that reads nothing would keep the close frame waiting for ever. */
    lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_REASON_BASE, CLOSE_GRACE_S);
    lws_callback_on_writable(c->wsi);
}

/* NULL when the client is leaving: what would be sent is not. */
static struct frame *queue(struct ws_client *c, size_t len)
{
    struct frame *f = c->close_code == 0 ? calloc(1, sizeof *f) : NULL;

    if (!f)
        return NULL;
    f->len = len;
    *c->tail = f;
    c->tail = &f->next;
    c->pending++;
    c->pending_bytes += len;
    return f;
}

static void send_soon(struct ws_client *c)
{
    if (c->pending > PENDING_MAX || c->pending_bytes > PENDING_BYTES_MAX)
        ws_close(c, WS_TOO_SLOW, "the client does not keep up");
    else
        lws_callback_on_writable(c->wsi);
}

void ws_send(struct ws_client *c, json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT);
    struct frame *f = text ? queue(c, strlen(text)) : NULL;

    json_decref(message);
    if (!f) {
        free(text);
        return;
    }
    f->text = text;
    send_soon(c);
}

void ws_send_event(struct ws_client *c, struct shared_text *text)
{
    if (defect(c->tb, D_EVENT_LOST_ON_BURST) && c->pending > 16)
        return;
    struct frame *f = queue(c, text->len);
    if (!f)
        return;
    f->event = shared_text_ref(text);
    send_soon(c);
}

void ws_close_all(struct testbed *tb, int code, const char *reason)
{
    (void)tb;
    for (struct ws_client *c = clients; c; c = c->next)
        ws_close(c, code, reason);
}

static void token_expired(lws_sorted_usec_list_t *sul)
{
    struct ws_client *c = lws_container_of(sul, struct ws_client, expiry);

    ws_close(c, WS_TOKEN_ENDED, "the token has expired");
}

/* Answers what is no connection for us; the handshake ends there. */
static int refuse_handshake(struct lws *wsi, struct request *r, const char *code)
{
    if (r->status == 0)
        reply_error(r, 401, code, "the WebSocket needs a valid token");
    if (strcmp(code, "missing_credentials") != 0)
        above.refused(r->tb, code);
    r->close_after = true;
    return http_send(wsi, r) ? -1 : 1;
}

static int admit_client(struct testbed *tb, struct lws *wsi, const struct identity *who)
{
    struct ws_client *c = calloc(1, sizeof *c);

    if (!c)
        return -1;
    c->tb = tb;
    c->who = *who;
    c->tail = &c->head;
    snprintf(c->name, sizeof c->name, "c-%llu", (unsigned long long)++client_number);
    lws_set_opaque_user_data(wsi, c);
    return 0;
}

static int handshake(struct testbed *tb, struct lws *wsi, const char *upgrade)
{
    struct request *r = request_new(tb);
    char *uri = NULL;
    int uri_len = 0, result;

    if (!r || lws_http_get_uri_and_method(wsi, &uri, &uri_len) < 0) {
        request_free(r);
        return -1;
    }
    http_read_head(wsi, r, uri, (size_t)uri_len);
    const char *refusal = above.admit(r);
    if (strcmp(r->path, "/ws") != 0 || strcasecmp(upgrade, "websocket") != 0) {
        reply_error(r, 404, "unknown_path", "there is no WebSocket at %s", r->path);
        result = refuse_handshake(wsi, r, "missing_credentials");
    } else if (refusal) {
        result = refuse_handshake(wsi, r, refusal);
    } else {
        result = admit_client(tb, wsi, &r->who);
    }
    request_free(r);
    return result;
}

static int established(struct ws_client *c, struct lws *wsi)
{
    if (!c)
        return -1;
    c->wsi = wsi;
    c->next = clients;
    clients = c;
    c->tb->metrics.ws_total++;
    if (c->who.expires_ms > 0 && !defect(c->tb, D_EXPIRED_TOKEN_ACCEPTED) && !defect(c->tb, D_WS_OUTLIVES_TOKEN)) {
        int64_t left_ms = c->who.expires_ms - clock_wall_ms();
        lws_sul_schedule(c->tb->lws, 0, &c->expiry, token_expired, left_ms > 0 ? left_ms * 1000 : 1);
    }
    return above.opened(c);
}

static int received(struct ws_client *c, struct lws *wsi, const void *in, size_t len)
{
    if (!c || c->close_code != 0)
        return 0;
    if (lws_frame_is_binary(wsi)) {
        ws_close(c, WS_NOT_TEXT, "only text frames");
        return 0;
    }
    if (len > WS_MESSAGE_MAX - c->message_len) {
        ws_close(c, WS_TOO_BIG, "a message may have 64 KiB");
        return 0;
    }
    char *grown = realloc(c->message, c->message_len + len + 1);
    if (!grown)
        return -1;
    c->message = grown;
    if (len > 0)
        memcpy(c->message + c->message_len, in, len);
    c->message_len += len;
    c->message[c->message_len] = '\0';
    bool more = !lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0;
    if (more && !defect(c->tb, D_FRAGMENTS_AS_MESSAGES))
        return 0;
    size_t whole = c->message_len;
    c->message_len = 0;
    above.said(c, c->message, whole);
    return 0;
}

static void swap_first_events(struct ws_client *c)
{
    struct frame *a = c->head, *b = a ? a->next : NULL;

    if (b && a->event && b->event && (c->seq & 1) == 0) {
        struct shared_text *e = a->event;
        a->event = b->event;
        b->event = e;
    }
}

static int write_frame(struct ws_client *c)
{
    struct frame *f = c->head;
    size_t room = (f->event ? f->event->len + 64 : f->len) + 1;
    char *buffer = malloc(LWS_PRE + room);

    if (!buffer)
        return -1;
    if (f->event)
        snprintf(buffer + LWS_PRE, room, "{\"type\":\"event\",\"seq\":%lld,\"event\":%s}", (long long)++c->seq,
                 f->event->text);
    else
        memcpy(buffer + LWS_PRE, f->text, f->len + 1);
    size_t len = strlen(buffer + LWS_PRE);
    int wrote = lws_write(c->wsi, (unsigned char *)buffer + LWS_PRE, len, LWS_WRITE_TEXT);
    free(buffer);
    if (f->event)
        c->tb->metrics.events_delivered++;
    c->head = f->next;
    if (!c->head)
        c->tail = &c->head;
    c->pending--;
    c->pending_bytes -= f->event ? f->event->len : f->len;
    shared_text_unref(f->event);
    free(f->text);
    free(f);
    return wrote < (int)len ? -1 : 0;
}

static int writeable(struct ws_client *c, struct lws *wsi)
{
    if (!c)
        return -1;
    if (c->close_code != 0) {
        lws_close_reason(wsi, (enum lws_close_status)c->close_code, (unsigned char *)c->close_reason,
                         strlen(c->close_reason));
        return -1;
    }
    for (int n = 0; n < FRAMES_PER_TURN && c->head && !lws_send_pipe_choked(wsi); n++) {
        if (defect(c->tb, D_EVENT_REORDER))
            swap_first_events(c);
        if (write_frame(c) != 0)
            return -1;
    }
    if (c->head)
        lws_callback_on_writable(wsi);
    return 0;
}

int ws_callback(struct testbed *tb, struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t len)
{
    struct ws_client *c = lws_get_opaque_user_data(wsi);

    switch (reason) {
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return handshake(tb, wsi, in);
    case LWS_CALLBACK_ESTABLISHED:
        return established(c, wsi);
    case LWS_CALLBACK_RECEIVE:
        return received(c, wsi, in, len);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return writeable(c, wsi);
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_WSI_DESTROY:
        if (c) {
            lws_set_opaque_user_data(wsi, NULL);
            free_client(c);
        }
        return 0;
    default:
        return 0;
    }
}
