/* SPDX-License-Identifier: Apache-2.0 */
/* Reading requests and writing answers. */
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BYTES_MAX (16 * 1024 * 1024)

/* Of the whole replica: it counts what it has answered, and misbehaves once it was asked to. */
static long long answered;
static bool sick, hung;

struct connection *connection_new(int fd)
{
    struct connection *c = calloc(1, sizeof *c);

    if (c)
        c->fd = fd;
    else
        close(fd);
    return c;
}

void connection_free(struct connection *c)
{
    close(c->fd);
    free(c->out);
    free(c);
}

short connection_events(const struct connection *c)
{
    return c->state == C_WRITING ? POLLOUT : c->state == C_READING ? POLLIN : 0;
}

int64_t connection_wants_time(const struct connection *c)
{
    if (c->state != C_WORKING || hung)
        return 0;
    return c->work == WORK_WAIT ? c->started_ms + c->amount : 1;
}

bool connection_burns(const struct connection *c)
{
    return c->state == C_WORKING && c->work == WORK_CPU && !hung;
}

bool connection_over(const struct connection *c, bool draining)
{
    return c->state == C_OVER || (draining && c->state == C_READING && c->in_len == 0);
}

static void answer(struct connection *c, const char *status, size_t padding, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void answer(struct connection *c, const char *status, size_t padding, const char *format, ...)
{
    char body[512], head[256];
    va_list args;

    va_start(args, format);
    int body_len = vsnprintf(body, sizeof body, format, args);
    va_end(args);
    int head_len =
        snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n",
                 status, (size_t)body_len + padding, c->close_after ? "Connection: close\r\n" : "");
    c->out_len = (size_t)head_len + (size_t)body_len + padding;
    c->out_at = 0;
    c->out = malloc(c->out_len);
    if (!c->out) {
        c->state = C_OVER;
        return;
    }
    memcpy(c->out, head, (size_t)head_len);
    memcpy(c->out + head_len, body, (size_t)body_len);
    memset(c->out + head_len + body_len, ' ', padding); /* white space is JSON's, too */
    c->state = C_WRITING;
}

static void answer_health(struct connection *c, const struct self *s, int64_t now_ms)
{
    if (now_ms < s->ready_at_ms)
        answer(c, "503 Service Unavailable", 0, "{\"status\":\"starting\"}");
    else if (sick)
        answer(c, "503 Service Unavailable", 0, "{\"status\":\"sick\"}");
    else
        answer(c, "200 OK", 0, "{\"status\":\"ok\",\"version\":\"%s\"}", s->version);
}

static void answer_request(struct connection *c, const struct self *s, int error)
{
    if (error != 0) {
        answer(c, "507 Insufficient Storage", 0, "{\"error\":\"%s\",\"pid\":%d,\"replica\":\"%s\"}", strerror(error),
               (int)getpid(), s->name);
        return;
    }
    answer(c, "200 OK", c->work == WORK_BYTES ? (size_t)c->amount : 0,
           "{\"pid\":%d,\"replica\":\"%s\",\"version\":\"%s\",\"count\":%lld}", (int)getpid(), s->name, s->version,
           ++answered);
}

void connection_work(struct connection *c, const struct self *s, int64_t now_ms, int64_t slice_us, bool draining)
{
    if (c->state != C_WORKING || hung)
        return;
    c->close_after |= draining;
    if (c->work == WORK_WAIT && now_ms < c->started_ms + c->amount)
        return;
    if (c->work == WORK_CPU) {
        c->burnt_us += work_burn(slice_us);
        if (c->burnt_us < c->amount * 1000)
            return;
    }
    if (c->work == WORK_EXIT)
        _exit((int)c->amount);
    hung = c->work == WORK_HANG;
    sick |= c->work == WORK_SICK;
    if (!hung)
        answer_request(c, s, work_take(c->work, c->amount));
}

/* ?do=WORK&n=AMOUNT; false when it is anything else. */
static bool read_work(struct connection *c, const char *query)
{
    char name[32];
    long long amount = 0;
    int used = 0;

    if (*query == '\0')
        return true;
    if (sscanf(query, "?do=%31[a-z]%n", name, &used) != 1 || !work_named(name, &c->work))
        return false;
    if (query[used] != '\0' && sscanf(query + used, "&n=%lld", &amount) != 1)
        return false;
    c->amount = amount;
    return amount >= 0 && amount <= BYTES_MAX;
}

/* What is asked, once it is there whole. */
static void take_request(struct connection *c, const struct self *s, const char *line)
{
    char method[8] = "", path[256] = "";

    c->work = WORK_NONE;
    c->amount = c->burnt_us = 0;
    c->started_ms = self_now_ms();
    c->state = C_WORKING;
    if (hung)
        return;
    sscanf(line, "%7s %255s", method, path);
    size_t at = strcspn(path, "?");
    if (strncmp(path, "/health", at) == 0 && at == 7)
        answer_health(c, s, c->started_ms);
    else if (c->started_ms < s->ready_at_ms)
        answer(c, "503 Service Unavailable", 0, "{\"error\":\"starting\"}");
    else if (!s->serves || strncmp(path, "/request", at) != 0 || at != 8)
        answer(c, "404 Not Found", 0, "{\"error\":\"nothing is here\"}");
    else if (!read_work(c, path + at))
        answer(c, "422 Unprocessable Entity", 0, "{\"error\":\"no such work\"}");
}

/* The length of a body, from the head that ends before `end`; negative: none that we read. */
static long body_length(const char *head, const char *end)
{
    static const char name[] = "content-length:";

    for (const char *line = head; line && line < end; line = strstr(line, "\r\n")) {
        line += line == head ? 0 : 2;
        if (strncasecmp(line, name, sizeof name - 1) == 0)
            return strtol(line + sizeof name - 1, NULL, 10);
        if (strncasecmp(line, "transfer-encoding:", 18) == 0)
            return -1;
        if (line == head)
            continue;
    }
    return 0;
}

static void look_for_request(struct connection *c, const struct self *s)
{
    c->in[c->in_len] = '\0';
    char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    if (!end) {
        if (c->in_len == sizeof c->in - 1)
            c->state = C_OVER;
        return;
    }
    size_t head = (size_t)(end - c->in) + 4;
    long body = body_length(c->in, end);
    if (body < 0 || head + (size_t)body >= sizeof c->in) {
        c->state = C_OVER;
        return;
    }
    if (c->in_len < head + (size_t)body)
        return;
    c->request_len = head + (size_t)body;
    take_request(c, s, c->in);
}

static void read_some(struct connection *c, const struct self *s)
{
    ssize_t n = read(c->fd, c->in + c->in_len, sizeof c->in - 1 - c->in_len);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        c->state = C_OVER;
        return;
    }
    c->in_len += (size_t)n;
    look_for_request(c, s);
}

static void write_some(struct connection *c, const struct self *s)
{
    ssize_t n = write(c->fd, c->out + c->out_at, c->out_len - c->out_at);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        c->state = C_OVER;
        return;
    }
    c->out_at += (size_t)n;
    if (c->out_at < c->out_len)
        return;
    free(c->out);
    c->out = NULL;
    c->in_len -= c->request_len;
    memmove(c->in, c->in + c->request_len, c->in_len);
    c->state = c->close_after ? C_OVER : C_READING;
    if (c->state == C_READING && c->in_len > 0)
        look_for_request(c, s);
}

void connection_ready(struct connection *c, const struct self *s, short found)
{
    if (c->state == C_READING)
        read_some(c, s);
    else if (c->state == C_WRITING)
        write_some(c, s);
    else if (found & (POLLERR | POLLHUP))
        c->state = C_OVER; /* who asked has gone */
}
