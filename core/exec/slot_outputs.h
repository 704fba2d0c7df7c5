/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a slot's attempts speak through: two sets of ends, each of pipes for what they print and of a channel for their
 * messages, made with the monitor and used by turns, so that an attempt may begin while what the one before said is
 * still being taken.
 */
#ifndef MUSTER_EXEC_SLOT_OUTPUTS_H
#define MUSTER_EXEC_SLOT_OUTPUTS_H

#include "exec/capture.h"
#include "ipc/message.h"

#include <stdbool.h>

struct ends {
    struct capture out, err;
    struct source channel; /* -1: there is none, or something came through it that must not, and it was given up */
};

struct slot_outputs {
    struct loop *loop; /* NULL before the first monitor */
    struct ends sets[ENDS_SETS];
    uint32_t current; /* the running attempt's */
};

void outputs_init(struct slot_outputs *o);
void outputs_free(struct slot_outputs *o);
/* New ones for a new monitor, whose side goes to ret_theirs and is the caller's. Without capture it prints to the
 * runner's own stdout and stderr. `hear` is called when there is something in a channel. */
int outputs_open(struct slot_outputs *o, struct loop *loop, bool no_capture,
                 void (*hear)(struct source *source, uint32_t events), void *data, int ret_theirs[ENDS_FDS]);
/* The monitor, and with it their other side, is gone or let go. */
void outputs_part(struct slot_outputs *o);
/* None of them was given up. */
bool outputs_are_whole(const struct slot_outputs *o);
static inline struct ends *outputs_current(struct slot_outputs *o)
{
    return &o->sets[o->current];
}
static inline uint32_t outputs_other(const struct slot_outputs *o)
{
    return (o->current + 1) % ENDS_SETS;
}
/* An attempt begins to print to the current set. */
void outputs_begin(struct slot_outputs *o, bool janitor, const struct secrets *secrets, uint64_t cap,
                   int (*open)(void *data, const char *name), void *data);
/* It lasts: what it prints is read as it comes. */
void outputs_watch(struct slot_outputs *o);
/* It is over: takes what is left. */
void outputs_end(struct slot_outputs *o);

#endif
