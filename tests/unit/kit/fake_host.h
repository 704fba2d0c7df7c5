/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host for the kit's tests: an attempt without a runner. It remembers the last check and the last stop; a stop or
 * a failed required check jumps back to RUN(). Checks, steps and log lines may come from any thread, the rest from one.
 */
#ifndef TESTS_KIT_FAKE_HOST_H
#define TESTS_KIT_FAKE_HOST_H

#include <muster/muster.h>
#include <pthread.h>
#include <setjmp.h>

struct fake_host {
    struct muster_ctx ctx; /* first: the host finds itself by it */
    struct muster_attempt_info info;
    uint64_t ends_at_ms; /* CLOCK_MONOTONIC; 0: no deadline */
    int checks, failed;
    char actual[256], expected[256], message[256];
    int stopped; /* MUSTER_STOP_*, or -1 for a failed required check */
    char reason[1024];
    char log[4096]; /* all lines */
    int steps_begun, steps_ended;
    char steps[32 * 1024]; /* the names of all, each with a ';' */
    pthread_mutex_t lock;
    jmp_buf back;
};

void fake_host_init(struct fake_host *h);
/* The attempt has this much time from now. */
void fake_host_deadline(struct fake_host *h, uint64_t ms);

/* Runs the statement; h->stopped says whether it came to its end (0). */
#define RUN(h_, statement_)                                                                                            \
    do {                                                                                                               \
        (h_)->stopped = 0;                                                                                             \
        if (!setjmp((h_)->back)) {                                                                                     \
            statement_;                                                                                                \
        }                                                                                                              \
    } while (0)

#endif
