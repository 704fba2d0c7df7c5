/* SPDX-License-Identifier: Apache-2.0 */
/* A child that does one thing when it is told to, and then stays until it is told to end: what it did is known. */
#ifndef TESTS_KIT_LOAD_H
#define TESTS_KIT_LOAD_H

#include <sys/resource.h>
#include <sys/types.h>

struct load {
    pid_t pid;
    int to, from; /* pipes */
};

/* `work` runs in the child, once load_work() is called. */
struct load load_start(void (*work)(void));
/* Returns when the work is done; the child's own getrusage(). */
struct rusage load_work(struct load *l);
/* Lets it end, and waits for that. */
void load_end(struct load *l);

/* Spends this much processor time, of the calling process. */
void burn_ms(double ms);

#endif
