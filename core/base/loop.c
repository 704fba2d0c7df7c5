/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's event loop. */
#include "base/loop.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

/* What epoll reported and has not been handed out yet. One thread, one loop. */
static struct {
    struct epoll_event *events;
    int next, n;
} pending;

static void drop_pending(const struct source *source)
{
    for (int i = pending.next; i < pending.n; i++)
        if (pending.events[i].data.ptr == source)
            pending.events[i].data.ptr = NULL;
}

int loop_init(struct loop *loop)
{
    *loop = (struct loop){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    return loop->epoll < 0 ? -errno : 0;
}

void loop_free(struct loop *loop)
{
    close_fd(loop->epoll);
    loop->epoll = -1;
}

void loop_add(struct loop *loop, struct source *source, int fd, uint32_t events,
              void (*ready)(struct source *source, uint32_t events), void *data)
{
    drop_pending(source);
    *source = (struct source){.fd = fd, .watched = true, .ready = ready, .data = data};
    struct epoll_event e = {.events = events, .data.ptr = source};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &e) == 0)
        return;
    source->watched = false;
    loop->error = loop->error ? loop->error : -errno;
}

void loop_mute(struct loop *loop, struct source *source)
{
    drop_pending(source);
    if (source->watched)
        epoll_ctl(loop->epoll, EPOLL_CTL_DEL, source->fd, NULL);
    source->watched = false;
}

void loop_remove(struct loop *loop, struct source *source)
{
    if (source->fd < 0)
        return;
    loop_mute(loop, source);
    close_fd(source->fd);
    source->fd = -1;
}

void loop_part(struct loop *loop, struct source *source)
{
    loop_mute(loop, source);
    source->fd = -1;
}

void loop_post(struct loop *loop, struct loop_post *post, void (*run)(void *data), void *data)
{
    if (post->queued)
        return;
    *post = (struct loop_post){.queued = true, .run = run, .data = data};
    struct loop_post **end = &loop->posted;
    while (*end)
        end = &(*end)->next;
    *end = post;
}

void loop_unpost(struct loop *loop, struct loop_post *post)
{
    if (!post->queued)
        return;
    struct loop_post **at = &loop->posted;
    while (*at != post)
        at = &(*at)->next;
    *at = post->next;
    post->queued = false;
}

/* Only what is there now: what is posted by these waits for its own turn. */
static void hand_out_posted(struct loop *loop)
{
    size_t n = 0;
    for (const struct loop_post *p = loop->posted; p; p = p->next)
        n++;
    for (; n > 0 && loop->posted; n--) {
        struct loop_post *post = loop->posted;
        loop->posted = post->next;
        post->queued = false;
        post->run(post->data);
    }
}

/* Rounded up: a deadline that is looked at too early would be waited for again and again. */
static int whole_ms(const struct timespec *left)
{
    int64_t ms = left->tv_sec * 1000 + (left->tv_nsec + NS_PER_MS - 1) / NS_PER_MS;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}

/* Who has just been answered speaks again within some microseconds, most often: to go to sleep, and be woken for it,
 * takes longer. */
static int look_for_more(struct loop *loop, struct epoll_event *events, int batch)
{
    const int64_t soon_ns = 15 * 1000;
    int n = 0;
    while (n == 0 && clock_mono() < loop->heard_ns + soon_ns)
        n = epoll_wait(loop->epoll, events, batch, 0);
    return n;
}

void loop_wait(struct loop *loop, int64_t deadline_ns)
{
    loop->turns++;
    enum { BATCH = 64 };
    struct epoll_event events[BATCH];
    struct timespec left = {0};
    if (loop->posted)
        deadline_ns = 0;
    if (deadline_ns != NEVER) {
        int64_t ns = deadline_ns - clock_mono();
        if (ns > 0)
            left = (struct timespec){ns / NS_PER_S, ns % NS_PER_S};
    }
    int n = look_for_more(loop, events, BATCH);
    if (n == 0)
        n = epoll_pwait2(loop->epoll, events, BATCH, deadline_ns == NEVER ? NULL : &left, NULL);
    if (n < 0 && errno != EINTR) /* Linux before 5.11, a seccomp filter, valgrind */
        n = epoll_wait(loop->epoll, events, BATCH, deadline_ns == NEVER ? -1 : whole_ms(&left));
    loop->heard_ns = clock_mono();
    pending.events = events;
    pending.n = n;
    for (int i = 0; i < n; i++) {
        struct source *source = events[i].data.ptr;
        pending.next = i + 1;
        if (source)
            source->ready(source, events[i].events);
    }
    pending.events = NULL;
    pending.n = 0;
    hand_out_posted(loop);
}
