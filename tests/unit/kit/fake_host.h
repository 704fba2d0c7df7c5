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
    char expression[256], file[256], actual[1024], expected[1024], message[1024]; /* of the last that failed */
    uint32_t line;
    int stopped; /* MUSTER_STOP_*, or -1 for a failed required check; file and line are of it */
    char reason[1024];
    char log[4096]; /* all lines */
    char log_file[256];
    uint32_t log_line; /* of the last */
    /* Parameters by name, and what fixtures published by "fixture.key": see the functions below. */
    struct fake_value {
        char name[64], text[256];
    } params[8], fixtures[8];
    struct fake_value given[8]; /* by --set */
    const char *document;       /* the target's, or NULL */
    const char *const *operations;
    /* What the code under test did as a fixture. */
    struct fake_value published[8];
    void *handed_over;
    int32_t watched;
    char watched_as[64];
    char deferred[64]; /* the last cleanup */
    char metric[64];   /* the last */
    double metric_value;
    char thresholds[1024];                   /* all, each with a ';' */
    int lacks_thresholds;                    /* as a runner of 1.1 */
    char metrics[4096];                      /* the names of all, each with a ';' */
    char attached[64], evidence[128 * 1024]; /* the last artifact, and its beginning */
    void *pointer;                           /* what every fixture handed over */
    int steps_begun, steps_ended;
    char steps[32 * 1024]; /* the names of all, each with a ';' */
    pthread_mutex_t lock;
    jmp_buf back;
};

void fake_host_init(struct fake_host *h);
/* The attempt has this much time from now. */
void fake_host_deadline(struct fake_host *h, uint64_t ms);

/* What m_param(), m_target() and m_fixture() find from now on; eight of each at most. */
void fake_host_param(struct fake_host *h, const char *name, const char *text);
void fake_host_set(struct fake_host *h, const char *key, const char *text);
void fake_host_fixture(struct fake_host *h, const char *fixture, const char *key, const char *text);
/* What the code under test published under the key, or NULL. */
const char *fake_host_published(const struct fake_host *h, const char *key);

/* Runs the statement; h->stopped says whether it came to its end (0). */
#define RUN(h_, statement_)                                                                                            \
    do {                                                                                                               \
        (h_)->stopped = 0;                                                                                             \
        if (!setjmp((h_)->back)) {                                                                                     \
            statement_;                                                                                                \
        }                                                                                                              \
    } while (0)

#endif
