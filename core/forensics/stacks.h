/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks of a process, read by the helper muster-stack: started, listened to with a deadline, ended. Never in the way:
 * what goes wrong is a line in the place of the stack.
 */
#ifndef MUSTER_FORENSICS_STACKS_H
#define MUSTER_FORENSICS_STACKS_H

#include "base/buf.h"
#include "base/loop.h"
#include "forensics/stack_reader.h"

#include <sys/types.h>

struct stacks {
    struct loop *loop;
    struct source output;
    pid_t helper; /* 0 when none runs */
    struct buf text;
    void (*done)(void *data);
    void *data;
};

/* Begins, with the helper that waits when `reader` has one (it may be NULL); `done` is called once, from the loop. */
void stacks_begin(struct stacks *s, struct loop *loop, struct stack_reader *reader, const struct stacks_of *of,
                  void (*done)(void *data), void *data);
/* Ends a helper that takes too long; what it said so far is kept; `done` is not called. */
void stacks_cancel(struct stacks *s);
static inline bool stacks_running(const struct stacks *s)
{
    return s->helper > 0;
}
/* Cuts off what follows the stacks in a text: open files, the environment. */
void stacks_trim(char *text);
void stacks_free(struct stacks *s);

#endif
