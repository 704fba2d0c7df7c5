/* SPDX-License-Identifier: Apache-2.0 */
/* The WebSocket client, over wslay. */
#include "ws_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static ssize_t on_recv(wslay_event_context_ptr ctx, uint8_t *buf, size_t len, int flags, void *user)
{
    struct ws *w = user;
    ssize_t n = recv(w->fd, buf, len, MSG_DONTWAIT);

    (void)flags;
    if (n > 0)
        return n;
    wslay_event_set_error(ctx, n < 0 && errno == EAGAIN ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t on_send(wslay_event_context_ptr ctx, const uint8_t *data, size_t len, int flags, void *user)
{
    struct ws *w = user;
    ssize_t n = send(w->fd, data, len, MSG_NOSIGNAL);

    (void)flags;
    if (n < 0)
        wslay_event_set_error(ctx, WSLAY_ERR_CALLBACK_FAILURE);
    return n;
}

/* Any mask will do in a test. */
static int on_mask(wslay_event_context_ptr ctx, uint8_t *buf, size_t len, void *user)
{
    (void)ctx;
    (void)user;
    memset(buf, 0x5a, len);
    return 0;
}

static void on_message(wslay_event_context_ptr ctx, const struct wslay_event_on_msg_recv_arg *arg, void *user)
{
    struct ws *w = user;

    (void)ctx;
    if (arg->opcode == WSLAY_CONNECTION_CLOSE)
        w->close_code = arg->status_code ? arg->status_code : 1005;
    if (arg->opcode != WSLAY_TEXT_FRAME)
        return;
    struct message *m = calloc(1, sizeof *m);
    if (!m)
        return;
    m->json = json_loadb((const char *)arg->msg, arg->msg_length, 0, NULL);
    *w->tail = m;
    w->tail = &m->next;
}

static int handshake(int fd, const char *token)
{
    char text[2048];
    size_t len = 0;
    int status = 0;

    snprintf(text, sizeof text,
             "GET /ws%s%s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
             token ? "?token=" : "", token ? token : "");
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        return -1;
    /* Byte by byte, so that nothing of the first frame is taken. */
    while (len < sizeof text - 1 && recv(fd, text + len, 1, 0) == 1) {
        text[++len] = '\0';
        if (len >= 4 && strcmp(text + len - 4, "\r\n\r\n") == 0)
            break;
    }
    return sscanf(text, "HTTP/1.1 %d", &status) == 1 ? status : -1;
}

int ws_open(struct bed *b, const char *token, struct ws *ret_ws)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_recv,
        .send_callback = on_send,
        .genmask_callback = on_mask,
        .on_msg_recv_callback = on_message,
    };
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)b->port)};
    struct timeval patience = {.tv_sec = 5};
    struct ws *w = ret_ws;

    memset(w, 0, sizeof *w);
    w->tail = &w->head;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(w->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int status = connect(w->fd, (struct sockaddr *)&address, sizeof address) == 0 ? handshake(w->fd, token) : -1;
    if (status == 101)
        wslay_event_context_client_init(&w->ctx, &callbacks, w);
    else
        close(w->fd);
    return status;
}

void ws_end(struct ws *w)
{
    while (w->head) {
        struct message *next = w->head->next;
        json_decref(w->head->json);
        free(w->head);
        w->head = next;
    }
    wslay_event_context_free(w->ctx);
    close(w->fd);
}

void ws_say(struct ws *w, const char *text)
{
    struct wslay_event_msg m = {.opcode = WSLAY_TEXT_FRAME, .msg = (const uint8_t *)text, .msg_length = strlen(text)};

    wslay_event_queue_msg(w->ctx, &m);
    wslay_event_send(w->ctx);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* False when the time is over or the connection is. */
static bool pump(struct ws *w, int64_t deadline)
{
    int64_t left = deadline - now_ms();
    struct pollfd p = {.fd = w->fd, .events = POLLIN};

    if (left <= 0 || w->close_code != 0 || poll(&p, 1, (int)left) <= 0)
        return false;
    if (wslay_event_recv(w->ctx) != 0 && w->close_code == 0)
        w->close_code = 1006;
    return true;
}

json_t *ws_next(struct ws *w, int timeout_ms)
{
    int64_t deadline = now_ms() + timeout_ms;

    while (!w->head)
        if (!pump(w, deadline))
            return NULL;
    struct message *m = w->head;
    json_t *json = m->json;
    w->head = m->next;
    if (!w->head)
        w->tail = &w->head;
    free(m);
    return json;
}

json_t *ws_next_of(struct ws *w, const char *type, int timeout_ms)
{
    json_t *m;

    while ((m = ws_next(w, timeout_ms))) {
        if (strcmp(text_at(m, "type"), type) == 0)
            return m;
        json_decref(m);
    }
    return NULL;
}

int ws_wait_closed(struct ws *w, int timeout_ms)
{
    int64_t deadline = now_ms() + timeout_ms;

    while (pump(w, deadline))
        ;
    return w->close_code;
}
