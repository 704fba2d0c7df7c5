/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a slot's attempts print: two pairs of pipes, made with the monitor and used by turns, so that an attempt may
 * begin while what the one before printed is still being taken.
 */
#ifndef MUSTER_EXEC_SLOT_OUTPUTS_H
#define MUSTER_EXEC_SLOT_OUTPUTS_H

#include "exec/capture.h"
#include "ipc/message.h"

#include <stdbool.h>

struct pipe_pair {
    struct capture out, err;
};

struct slot_outputs {
    struct pipe_pair pairs[PIPE_PAIRS];
    uint32_t current; /* the running attempt's */
};

void outputs_init(struct slot_outputs *o);
void outputs_free(struct slot_outputs *o);
/* New pipes for a new monitor, whose ends go to ret_writers and are the caller's. Without capture: the runner's own
 * stdout and stderr. */
int outputs_open(struct slot_outputs *o, struct loop *loop, bool no_capture, int ret_writers[OUTPUT_FDS]);
static inline struct pipe_pair *outputs_current(struct slot_outputs *o)
{
    return &o->pairs[o->current];
}
static inline uint32_t outputs_other(const struct slot_outputs *o)
{
    return (o->current + 1) % PIPE_PAIRS;
}
/* An attempt begins to print to the current pair. */
void outputs_begin(struct slot_outputs *o, bool janitor, uint64_t cap, int (*open)(void *data, const char *name),
                   void *data);
/* It lasts: what it prints is read as it comes. */
void outputs_watch(struct slot_outputs *o);
/* It is over: takes what is left. */
void outputs_end(struct slot_outputs *o);

#endif
