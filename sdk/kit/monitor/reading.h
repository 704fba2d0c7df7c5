/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at what is monitored: a value of each quantity, or why there is none. What reads (processes, a control
 * group) fills it; another source, as an engine's statistics of a container, needs no more than this.
 */
#ifndef MUSTER_KIT_MONITOR_READING_H
#define MUSTER_KIT_MONITOR_READING_H

#include <errno.h>
#include <muster/kit/monitor.h>
#include <stdbool.h>

/* X_(name, unit of its metrics) in the order of struct m_usage. */
#define QUANTITIES(X_)                                                                                                 \
    X_(cpu_ms, "ms")                                                                                                   \
    X_(cpu_percent, "percent")                                                                                         \
    X_(memory, "bytes")                                                                                                \
    X_(rss, "bytes")                                                                                                   \
    X_(pss, "bytes")                                                                                                   \
    X_(fds, "")                                                                                                        \
    X_(threads, "")                                                                                                    \
    X_(processes, "")                                                                                                  \
    X_(read_bytes, "bytes")                                                                                            \
    X_(written_bytes, "bytes")                                                                                         \
    X_(received_bytes, "bytes")                                                                                        \
    X_(sent_bytes, "bytes")

enum quantity {
#define X_(name_, unit_) Q_##name_,
    QUANTITIES(X_)
#undef X_
        N_QUANTITIES
};

struct reading {
    double time_ms;             /* CLOCK_MONOTONIC */
    double value[N_QUANTITIES]; /* NAN: none */
    int error[N_QUANTITIES];    /* why, as errno has it; ENODATA: nothing was asked for it */
};

static inline void reading_none(struct reading *r)
{
    for (int q = 0; q < N_QUANTITIES; q++) {
        r->value[q] = __builtin_nan("");
        r->error[q] = ENODATA;
    }
}

/* Adds to what there is; a value that could not be had stays away, whatever is added to it later. */
static inline void reading_add(struct reading *r, enum quantity q, double value)
{
    if (r->error[q] == ENODATA) {
        r->value[q] = 0;
        r->error[q] = 0;
    }
    r->value[q] += value;
}

static inline void reading_fail(struct reading *r, enum quantity q, int error)
{
    r->value[q] = __builtin_nan("");
    r->error[q] = error;
}

#endif
