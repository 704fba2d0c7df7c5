/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's event loop. */
#include "exec/loop.h"

#include "base/clock.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

int loop_init(struct loop *loop)
{
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    return loop->epoll < 0 ? -errno : 0;
}

void loop_free(struct loop *loop)
{
    if (loop->epoll >= 0)
        close(loop->epoll);
    loop->epoll = -1;
}

int loop_add(struct loop *loop, struct source *source, int fd, uint32_t events,
             void (*ready)(struct source *source, uint32_t events), void *data)
{
    *source = (struct source){.fd = fd, .ready = ready, .data = data};
    struct epoll_event e = {.events = events, .data.ptr = source};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}

void loop_close(struct source *source)
{
    if (source->fd >= 0)
        close(source->fd);
    source->fd = -1;
}

void loop_remove(struct loop *loop, struct source *source)
{
    if (source->fd < 0)
        return;
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, source->fd, NULL);
    loop_close(source);
}

void loop_mute(struct loop *loop, const struct source *source)
{
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, source->fd, NULL);
}

void loop_wait(struct loop *loop, int64_t deadline_ns)
{
    enum { BATCH = 64 };
    struct epoll_event events[BATCH];
    struct timespec left = {0};
    if (deadline_ns != NEVER) {
        int64_t ns = deadline_ns - clock_mono();
        if (ns > 0)
            left = (struct timespec){ns / NS_PER_S, ns % NS_PER_S};
    }
    int n = epoll_pwait2(loop->epoll, events, BATCH, deadline_ns == NEVER ? NULL : &left, NULL);
    for (int i = 0; i < n; i++) {
        struct source *source = events[i].data.ptr;
        if (source->fd >= 0)
            source->ready(source, events[i].events);
    }
}
