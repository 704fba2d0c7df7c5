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

enum { STACK_MAX = 512, STACK_OUTERMOST = 8 };

struct stack {
    struct frame inner[STACK_MAX];
    size_t n_inner;
    struct frame outer[STACK_OUTERMOST]; /* a ring: the frame number i beyond `inner` is outer[i % STACK_OUTERMOST] */
    size_t n_beyond;                     /* frames beyond `inner` */
    bool cut;                            /* there are more that were not counted */
};

/* How to unwind. */
struct unwind {
    size_t max_inner;    /* at most STACK_MAX */
    bool past_handler;   /* drop the signal handler's frames: frame 0 is where the signal struck */
    int64_t deadline_ns; /* of CLOCK_MONOTONIC */
};

/* NULL when libdwfl can't read the process. The threads must be held by this program. */
Dwfl *session_open(pid_t pid);
/* 0 and at least one frame, or -1 (dwfl_errmsg(-1) says why). */
int session_unwind(Dwfl *session, pid_t tid, const struct unwind *how, struct stack *ret_stack);

#endif
