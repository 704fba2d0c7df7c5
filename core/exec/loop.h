/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor's event loop: epoll over sources, one thread.
 *
 * A source is a member of the struct that it serves and outlives the loop's use of it. loop_remove() takes the
 * descriptor out of epoll before it is closed: where another process has a duplicate, it would else stay registered and
 * fire. loop_close() saves that call for descriptors of which there is certainly no duplicate: our ends of an attempt's
 * pipes and socket. A source that was removed, or removed and added again, while its event waits in the same batch is
 * called at most once for nothing; so handlers read without blocking.
 */
#ifndef MUSTER_EXEC_LOOP_H
#define MUSTER_EXEC_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct source {
    int fd; /* -1 when not in use */
    void (*ready)(struct source *source, uint32_t events);
    void *data;
};
#define SOURCE_INIT                                                                                                    \
    {                                                                                                                  \
        .fd = -1                                                                                                       \
    }

struct loop {
    int epoll;
};

int loop_init(struct loop *loop);
void loop_free(struct loop *loop);
/* Takes over `fd`. `events`: EPOLLIN, EPOLLPRI ... */
int loop_add(struct loop *loop, struct source *source, int fd, uint32_t events,
             void (*ready)(struct source *source, uint32_t events), void *data);
/* Takes it out and closes its descriptor; a source that isn't in use is left alone. */
void loop_remove(struct loop *loop, struct source *source);
/* The same without taking it out first. */
void loop_close(struct source *source);
/* Stops watching it, without closing it. */
void loop_mute(struct loop *loop, const struct source *source);
/* Waits until something is ready or the time has come (NEVER: no time), and calls the handlers. */
void loop_wait(struct loop *loop, int64_t deadline_ns);

#endif
