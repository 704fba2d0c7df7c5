/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A helper muster-stack that is started before there is anything to read, and waits for its request. To start it takes
 * longer than to read most stacks, and an attempt that is late goes on until its threads are held.
 */
#ifndef MUSTER_FORENSICS_STACK_READER_H
#define MUSTER_FORENSICS_STACK_READER_H

#include <stdint.h>
#include <sys/types.h>

struct stacks_of {
    pid_t pid;
    uint32_t crashed_tid; /* the thread that crashed, 0 for all threads */
    unsigned max_frames;  /* of each thread; 0: the helper's own choice */
};

/* All zeroes: none waits. */
struct stack_reader {
    pid_t pid; /* 0: none */
    int request, output;
};

/* Starts one when none waits. One that can't be started is missed by nobody: stacks_begin() tries again. */
void stack_reader_prepare(struct stack_reader *r);
/* Starts one with this request, or gives it to the one that waits: in both cases it is the caller's from here on, with
 * the descriptor that its text comes from. `r` may be NULL. */
int stack_reader_ask(struct stack_reader *r, const struct stacks_of *of, pid_t *ret_pid, int *ret_output);
/* Ends the one that waits. */
void stack_reader_close(struct stack_reader *r);

#endif
