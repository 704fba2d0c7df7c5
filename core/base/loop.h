/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor's event loop: epoll over sources, one thread.
 *
 * A source is a member of the struct that it serves and outlives the loop's use of it. loop_remove() takes the
 * descriptor out of epoll before it closes it: where another process has a duplicate, it would else stay registered and
 * fire for whoever has the source next. A helper that was just spawned has duplicates of everything for a moment: the
 * kernel lets vfork's parent go on before it closes what is close-on-exec.
 *
 * A handler may end any source, and put a new one in its place, while events of the old one wait in the same batch:
 * those are dropped.
 */
#ifndef MUSTER_BASE_LOOP_H
#define MUSTER_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct source {
    int fd;       /* -1 when not in use */
    bool watched; /* epoll knows it */
    void (*ready)(struct source *source, uint32_t events);
    void *data;
};
#define SOURCE_INIT                                                                                                    \
    {                                                                                                                  \
        .fd = -1                                                                                                       \
    }

struct loop {
    int epoll;
    int64_t heard_ns; /* when it last had an event */
};

int loop_init(struct loop *loop);
void loop_free(struct loop *loop);
/* Takes over `fd`. `events`: EPOLLIN, EPOLLPRI ... */
int loop_add(struct loop *loop, struct source *source, int fd, uint32_t events,
             void (*ready)(struct source *source, uint32_t events), void *data);
/* Stops watching it, without closing it. */
void loop_mute(struct loop *loop, struct source *source);
/* Takes it out and closes its descriptor; a source that isn't in use is left alone. */
void loop_remove(struct loop *loop, struct source *source);
/* Waits until something is ready or the time has come (NEVER: no time), and calls the handlers. */
void loop_wait(struct loop *loop, int64_t deadline_ns);

#endif
