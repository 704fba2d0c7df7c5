/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor's event loop: epoll over sources, one thread.
 *
 * A source is a member of the struct that it serves and outlives the loop's use of it. loop_remove() takes the
 * descriptor out of epoll before it closes it: where another process has a duplicate, it would else stay registered and
 * fire for whoever has the source next. A helper that was just spawned has duplicates of everything for a moment: the
 * kernel lets vfork's parent go on before it closes what is close-on-exec.
 * A descriptor that is somebody else's leaves by loop_part().
 *
 * A handler may end any source, and put a new one in its place, while events of the old one wait in the same batch:
 * those are dropped.
 *
 * What must not happen inside the call that leads to it is posted: the next turn hands it out, without sleeping. So who
 * starts something hears of its end later, never before the start returns.
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

/* What is to be done on the next turn: a member of the struct that it serves. All zero: not in use. */
struct loop_post {
    struct loop_post *next;
    bool queued;
    void (*run)(void *data);
    void *data;
};

struct loop {
    int epoll;
    int error;                /* of the first source that could not be watched: who waits for it waits for ever */
    struct loop_post *posted; /* oldest first */
    uint64_t turns;           /* how often it was waited */
    int64_t heard_ns;         /* when it last had an event */
};

int loop_init(struct loop *loop);
void loop_free(struct loop *loop);
/* Takes over `fd`. `events`: EPOLLIN, EPOLLPRI ... A failure is kept in loop->error for who turns the loop; the source
 * is not `watched` then. */
void loop_add(struct loop *loop, struct source *source, int fd, uint32_t events,
              void (*ready)(struct source *source, uint32_t events), void *data);
/* Stops watching it, without closing it. */
void loop_mute(struct loop *loop, struct source *source);
/* Takes it out and closes its descriptor; a source that isn't in use is left alone. */
void loop_remove(struct loop *loop, struct source *source);
/* The same without closing it. */
void loop_part(struct loop *loop, struct source *source);
/* Has `run` called on the next turn. One that is queued already stays where it is. */
void loop_post(struct loop *loop, struct loop_post *post, void (*run)(void *data), void *data);
/* Takes it back; one that isn't queued is left alone. */
void loop_unpost(struct loop *loop, struct loop_post *post);
/* Waits until something is ready or the time has come (NEVER: no time), and calls the handlers. Does
 * not wait when something was posted. */
void loop_wait(struct loop *loop, int64_t deadline_ns);

#endif
