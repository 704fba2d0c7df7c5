/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attempt may take, and how often a case may be tried again. Each value is taken from the first
 * place that sets it:
 *
 *     body       marker timeout(300), the scenario's field, --timeout, 60 s
 *     set-up,    the scenario's field, or else the longer of the body's limit and the default
 *     tear-down  (--timeout, 60 s), so that a short test doesn't lose its cleaning up
 *     retries    --retries 0 switches all off; marker flaky(reruns=3), the scenario's field, --retries, 0
 *     delay      marker flaky(reruns_delay=1), the scenario's field, --retry-delay, 0
 *     after      marker flaky(retry_on="timeout,crashed"), --retry-on, any bad end
 *
 *     memory     marker memory("256M"): bytes, or text with k, M or G; the marker pids(50): processes and threads
 *     held by    marker containment(pidns), the command line's --containment, the best that it can't notice
 *
 * A timeout of 0 in a marker or on the command line is no limit. --timeout-factor multiplies every limit of time that
 * there is, wherever it was set. Durations in a marker are seconds (1.5)
 * or text with a unit ("2m"). Pure values.
 */
#ifndef MUSTER_PLAN_LIMITS_H
#define MUSTER_PLAN_LIMITS_H

#include "base/err.h"
#include "plan/catalogue.h"

#include <stdint.h>

/* Kinds of bad ends, as a set. */
enum retry_on {
    RETRY_ON_FAILED = 1,
    RETRY_ON_ERROR = 2,
    RETRY_ON_TIMEOUT = 4,
    RETRY_ON_CRASHED = 8,
    RETRY_ON_ALL = 15,
};

/* The command line's part; -1 is "not given". */
struct limit_settings {
    int64_t timeout_ns; /* 0 is no limit */
    int64_t timeout_factor;
    int64_t retries;
    int64_t retry_delay_ns;
    double backoff;    /* what each further delay is multiplied with; at least 1 */
    uint32_t retry_on; /* enum retry_on; 0 is "not given" */
    /* The containments that a word of the marker stands for, as a set; NULL: no scenario may ask for one. */
    int (*containment_parse)(const char *word, int *ret_choice);
    const char *(*containment_words)(void);
};

#define LIMIT_SETTINGS_INIT                                                                                            \
    {                                                                                                                  \
        .timeout_ns = -1, .timeout_factor = 1, .retries = -1, .retry_delay_ns = -1, .backoff = 2.0                     \
    }

struct limits {
    int64_t setup_ns, body_ns, teardown_ns; /* NEVER: no limit */
    uint32_t retries;                       /* attempts beyond the first */
    int64_t retry_delay_ns;                 /* before the first retry */
    double backoff;
    uint64_t memory_bytes; /* 0: no limit */
    uint32_t pids;         /* the same */
    uint32_t retry_on;     /* after which ends; enum retry_on */
    int containment;       /* what it asks for, as containment_parse() gave it; 0: nothing */
};

/* -EINVAL names the scenario and the marker that it cannot make sense of. */
int limits_of(const struct scenario_info *s, const struct limit_settings *settings, struct limits *ret_limits,
              struct err *err);
/* For a set-up or tear-down that sets none, of what has no body: --timeout, or the default. */
int64_t limits_around(const struct limit_settings *settings);
/* A limit of time, multiplied; NEVER stays what it is. */
int64_t limits_longer(int64_t limit_ns, int64_t factor);
/* "failed,timeout": words from failed, error, timeout, crashed. -EINVAL. */
int limits_parse_retry_on(const char *text, int *ret_set);
/* How long to wait after failed attempt number `attempt` (from 1) until the next: the delay times
 * backoff to the power of attempt - 1, at most five minutes unless the delay itself is longer; then up
 * to a quarter more, so that cases that failed together don't come back together. The same seed, case
 * and attempt give the same wait. */
int64_t limits_retry_delay(const struct limits *limits, const char *case_id, uint32_t attempt, uint64_t seed);

#endif
