/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MOST   (16u * 1024 * 1024)
#define MEMORY_MOST (256u * 1024) /* of a connection: the head of a request has to fit */

struct http {
    struct MHD_Daemon *daemon;
    http_play *play;
    void *data;
};

struct exchange {
    struct asked asked;
    size_t room;
    bool begun, too_large;
};

/* The request line's target, before the library decodes it. */
static void *begin(void *cls, const char *target, struct MHD_Connection *connection)
{
    (void)cls;
    (void)connection;
    struct exchange *x = needed(calloc(1, sizeof *x));
    x->asked.path = needed(strndup(target, strcspn(target, "?")));
    x->asked.query = needed(json_object());
    x->asked.headers = needed(json_object());
    return x;
}

static void end(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how)
{
    (void)cls;
    (void)connection;
    (void)how;
    struct exchange *x = *state;
    if (x) {
        asked_free(&x->asked);
        free(x);
    }
    *state = NULL;
}

/* What is not UTF-8 becomes a "?": a JSON text can't hold it. */
static json_t *text_of(const char *value)
{
    value = value ? value : "";
    json_t *text = json_string(value);
    if (text)
        return text;
    char *copy = needed(strdup(value));
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    text = needed(json_string(copy));
    free(copy);
    return text;
}

static enum MHD_Result take_field(void *to, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    json_t *there = json_object_get(to, name);
    if (!there) {
        json_object_set_new(to, name, text_of(value));
        return MHD_YES;
    }
    json_t *more = text_of(value), *both = json_sprintf("%s, %s", json_string_value(there), json_string_value(more));
    json_decref(more);
    json_object_set_new(to, name, needed(both));
    return MHD_YES;
}

static void take_body(struct exchange *x, const char *data, size_t n)
{
    struct asked *a = &x->asked;
    x->too_large = x->too_large || n > BODY_MOST - a->length;
    if (x->too_large)
        return;
    if (a->length + n + 1 > x->room) {
        x->room = 2 * (a->length + n + 1);
        a->body = needed(realloc(a->body, x->room));
    }
    memcpy(a->body + a->length, data, n);
    a->length += n;
    a->body[a->length] = '\0';
}

static enum MHD_Result send_proper(struct MHD_Connection *connection, const struct outcome *o)
{
    struct MHD_Response *r = needed(MHD_create_response_from_buffer(o->length, o->body, MHD_RESPMEM_MUST_COPY));
    for (size_t i = 0; i < o->n_headers; i++)
        MHD_add_response_header(r, o->names[i], o->headers[i]);
    enum MHD_Result queued = MHD_queue_response(connection, o->status, r);
    MHD_destroy_response(r);
    return queued;
}

/* MHD_NO closes the connection. */
static enum MHD_Result deliver(struct MHD_Connection *connection, const struct outcome *o, bool has_body)
{
    int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    if (o->delay_ms && !wire_pause(fd, o->delay_ms))
        return MHD_NO;
    if (!o->reset && !wire_is_odd(o))
        return send_proper(connection, o);
    if (wire_is_odd(o))
        wire_send(fd, o, has_body);
    if (o->reset)
        wire_reset(fd);
    return MHD_NO;
}

static enum MHD_Result answer(struct http *h, struct MHD_Connection *connection, struct exchange *x)
{
    struct outcome o = {0};
    if (x->too_large)
        o = (struct outcome){.status = 413, .body = needed(strdup("")), .cut = -1, .content_length = LENGTH_RIGHT};
    else
        h->play(h->data, &x->asked, &o);
    enum MHD_Result result = deliver(connection, &o, strcmp(x->asked.method, "HEAD") != 0);
    outcome_free(&o);
    return result;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *data, size_t *size, void **state)
{
    (void)path;
    (void)version;
    struct exchange *x = *state;
    if (!x->begun) {
        x->begun = true;
        x->asked.method = needed(strdup(method));
        MHD_get_connection_values(connection, MHD_HEADER_KIND, take_field, x->asked.headers);
        MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_field, x->asked.query);
        return MHD_YES;
    }
    if (*size > 0) {
        take_body(x, data, *size);
        *size = 0;
        return MHD_YES;
    }
    if (x->asked.body)
        x->asked.json = json_loadb(x->asked.body, x->asked.length, JSON_DECODE_ANY, NULL);
    return answer(cls, connection, x);
}

int http_open(const char *address, uint16_t port, http_play *play, void *data, struct http **ret_http)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &at.sin_addr) != 1)
        return -EINVAL;
    struct http *h = needed(calloc(1, sizeof *h));
    *h = (struct http){.play = play, .data = data};
    errno = 0;
    h->daemon = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION, port, NULL, NULL, handle,
                                 h, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_URI_LOG_CALLBACK, begin, NULL,
                                 MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                 (size_t)MEMORY_MOST, MHD_OPTION_END);
    if (!h->daemon) {
        int e = errno ? errno : EADDRNOTAVAIL;
        free(h);
        return -e;
    }
    *ret_http = h;
    return 0;
}

void http_close(struct http *h)
{
    MHD_stop_daemon(h->daemon); /* shuts all connections down, which ends the pauses of answers */
    free(h);
}

uint16_t http_port(const struct http *h)
{
    return MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}
