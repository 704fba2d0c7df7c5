/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unwinding one thread that is held (see tasks.h) with libdwfl.
 *
 * A stack may be a million frames deep: the innermost and the outermost are kept, the rest is counted,
 * and counting is bounded in time. The session owns what libdwfl read of the process's objects; frames
 * are plain values.
 */
#ifndef MUSTER_STACK_UNWIND_H
#define MUSTER_STACK_UNWIND_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct frame {
    Dwarf_Addr pc;
    bool exact; /* pc is the instruction itself; else it is a return address, which may belong to the next line */
};

enum { STACK_INNER = 512, STACK_OUTER = 64 };

struct stack {
    struct frame inner[STACK_INNER];
    struct frame outer[STACK_OUTER]; /* a ring: frame i, from STACK_INNER on, is at i % STACK_OUTER; the newest stay */
    size_t n;                        /* frames in all */
    bool cut;                        /* there are more that were not counted: the outermost are not known */
};

/* How to unwind. */
struct unwind {
    bool past_handler;   /* drop the signal handler's frames: frame 0 is where the signal struck */
    int64_t deadline_ns; /* of CLOCK_MONOTONIC */
};

/* Frame i, innermost 0; i is below STACK_INNER or among the last STACK_OUTER. */
static inline struct frame stack_frame(const struct stack *stack, size_t i)
{
    return i < STACK_INNER ? stack->inner[i] : stack->outer[i % STACK_OUTER];
}

/* NULL when libdwfl can't read the process. The threads must be held by this program. */
Dwfl *session_open(pid_t pid);
/* 0 and at least one frame, or -1 (dwfl_errmsg(-1) says why). */
int session_unwind(Dwfl *session, pid_t tid, const struct unwind *how, struct stack *ret_stack);

#endif
