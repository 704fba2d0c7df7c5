/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario writes, from a pipe into a file. */
#include "exec/capture.h"

#include "base/cleanup.h"
#include "base/io.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, CHUNKS_A_TURN = 16 };

static void write_out(struct capture *c, const char *data, size_t n)
{
    if (c->error < 0 || n == 0)
        return;
    if (c->file < 0)
        c->file = c->open(c->data, c->name);
    c->error = c->file < 0 ? c->file : io_write_all(c->file, data, n);
}

static uint64_t head_limit(const struct capture *c)
{
    return c->cap > 2 * CAPTURE_TAIL ? c->cap - CAPTURE_TAIL : c->cap / 2;
}

/* The head goes to the file at once; what is beyond it waits in the tail, of which only the end is kept. */
static void take(struct capture *c, const char *data, size_t n)
{
    c->total += n;
    uint64_t room = head_limit(c) - c->head;
    size_t to_head = n < room ? n : (size_t)room;
    write_out(c, data, to_head);
    c->head += to_head;
    buf_add(&c->tail, data + to_head, n - to_head);
    if (c->tail.len > 2 * CAPTURE_TAIL)
        buf_consume(&c->tail, c->tail.len - CAPTURE_TAIL);
}

static void take_hidden(struct capture *c, const char *data, size_t n)
{
    static struct buf shown; /* the supervisor has one thread */
    if (!secrets_any(c->hidden.secrets)) {
        if (n > 0)
            take(c, data, n);
        return;
    }
    buf_clear(&shown);
    if (data)
        secret_stream_add(&c->hidden, data, n, &shown);
    else
        secret_stream_end(&c->hidden, &shown);
    if (shown.len > 0)
        take(c, shown.data, shown.len);
}

/* True while there may be more. */
static bool read_some(struct capture *c)
{
    static char chunk[CHUNK]; /* the supervisor has one thread */
    ssize_t n = read(c->source.fd, chunk, sizeof chunk);
    if (n > 0)
        take_hidden(c, chunk, (size_t)n);
    return n > 0;
}

static void on_output(struct source *source, uint32_t events)
{
    struct capture *c = source->data;
    (void)events;
    bool more = true;
    for (int i = 0; more && i < CHUNKS_A_TURN; i++)
        more = read_some(c);
    if (!more && errno != EAGAIN && errno != EINTR)
        loop_remove(c->loop, source);
    else if (!more && (events & EPOLLHUP) && !(events & EPOLLIN))
        loop_remove(c->loop, source); /* all writers are gone */
}

int capture_open(struct capture *c, struct loop *loop, int *ret_writer)
{
    int fds[2];
    int r = io_pipe(fds);
    if (r < 0)
        return r;
    capture_close(c);
    c->loop = loop;
    c->source = (struct source){.fd = fds[0]};
    *ret_writer = fds[1];
    return 0;
}

void capture_close(struct capture *c)
{
    if (c->loop)
        loop_remove(c->loop, &c->source);
}

void capture_free(struct capture *c)
{
    capture_close(c);
    secret_stream_free(&c->hidden);
    buf_free(&c->tail);
}

void capture_begin(struct capture *c, const char *name, const struct secrets *secrets, uint64_t cap,
                   int (*open)(void *data, const char *name), void *data)
{
    buf_clear(&c->tail);
    c->hidden.secrets = secrets;
    c->name = name;
    c->file = -1;
    c->error = 0;
    c->total = c->head = 0;
    c->cap = cap;
    c->open = open;
    c->data = data;
}

void capture_watch(struct capture *c)
{
    if (!c->source.watched && c->source.fd >= 0)
        loop_add(c->loop, &c->source, c->source.fd, EPOLLIN, on_output, c);
}

void capture_take(struct capture *c)
{
    for (int i = 0; c->source.fd >= 0 && i < CHUNKS_A_TURN && read_some(c); i++)
        ;
}

static void read_head(const struct capture *c, int dir, uint64_t from, struct buf *out)
{
    autoclose int fd = openat(dir, c->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    size_t want = (size_t)(c->head - from);
    ssize_t n = fd < 0 ? -1 : pread(fd, buf_reserve(out, want), want, (off_t)from);
    out->len += n > 0 ? (size_t)n : 0;
}

void capture_end_of(const struct capture *c, int dir, uint64_t since, size_t most, struct buf *out)
{
    assert(most <= CAPTURE_TAIL); /* so much of what is beyond the head is always there */
    uint64_t from = c->total > most ? c->total - most : 0;
    from = from < since ? since : from;
    if (from < c->head)
        read_head(c, dir, from, out);
    uint64_t beyond = c->total - (from > c->head ? from : c->head);
    if (from < c->total && beyond > 0)
        buf_add(out, c->tail.data + c->tail.len - beyond, (size_t)beyond);
}

static void write_tail(struct capture *c)
{
    uint64_t keep = c->cap - head_limit(c);
    uint64_t beyond = c->total - c->head;
    if (beyond <= c->tail.len && beyond <= keep) { /* nothing was lost after all */
        write_out(c, c->tail.data, c->tail.len);
        return;
    }
    size_t n = c->tail.len < keep ? c->tail.len : (size_t)keep;
    char mark[96];
    int len = snprintf(mark, sizeof mark, "\n[muster: %llu bytes cut here]\n", (unsigned long long)(beyond - n));
    write_out(c, mark, (size_t)len);
    write_out(c, c->tail.data + c->tail.len - n, n);
}

void capture_end(struct capture *c)
{
    /* All that a pipe holds, however large the scenario has made it; and bounded, whoever still writes. */
    enum { PIPE_MOST = 256 << 20 };
    for (size_t i = 0; c->source.fd >= 0 && i < PIPE_MOST / CHUNK + 1 && read_some(c); i++)
        ;
    if (c->source.watched)
        loop_mute(c->loop, &c->source);
    take_hidden(c, NULL, 0);
    if (c->tail.len > 0)
        write_tail(c);
    close_fd(c->file);
    c->file = -1;
}
