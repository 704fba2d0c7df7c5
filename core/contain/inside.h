/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inner side of containment: being born in it, and what a monitor sees and ends in it. Called by a host
 * (contain_fork) and by the monitor (all else), each of which has one thread; the rung is known by its place in the
 * table.
 */
#ifndef MUSTER_CONTAIN_INSIDE_H
#define MUSTER_CONTAIN_INSIDE_H

#include "base/mem.h"
#include "contain/rung.h"
#include "ipc/message.h"

/* Of what the supervisor asked for; `group` is the slot's, or -1. -EINVAL: there is no such rung. */
int inside_init(struct inside *in, uint32_t rung, uint32_t holder, int group);
/* Forks a process into the containment: 0 in the child, a pid in the parent (of a go-between that ends at once, where
 * the rung needs one), or a negative errno. */
pid_t contain_fork(struct inside *in);
/* In the child: finishes entering; the caller becomes the one who adopts the orphans in it. */
int contain_enter(struct inside *in, struct err *err);

/* True when certainly nothing but the caller is in the containment: one look, for the common case. */
bool contain_is_clean(const struct inside *in);

/* What an attempt that has ended left. */
struct leftovers {
    uint32_t n;                    /* processes */
    struct message_list names;     /* of the first: "4711 sleep 1000" */
    struct message_list listening; /* what those listen on */
    bool stay;                     /* only the supervisor can end them, and the caller with them */
};
/* After an attempt that did not leave it clean: waits up to `settle_ns` for what is on its way out, names what stays,
 * and ends it. Waits no longer when the other end of `lifeline` is closed. */
struct leftovers contain_clear(const struct inside *in, int64_t settle_ns, int lifeline, struct arena *arena);
/* Nobody is left to end what is in here from outside: ends everything but the caller. */
void contain_end_all(const struct inside *in);

#endif
