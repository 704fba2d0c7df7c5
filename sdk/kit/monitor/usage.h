/* SPDX-License-Identifier: Apache-2.0 */
/* Readings over time -> first, last, peak, mean, growth. Pure. */
#ifndef MUSTER_KIT_MONITOR_USAGE_H
#define MUSTER_KIT_MONITOR_USAGE_H

#include "reading.h"

/* No sample of cpu_percent spans less: processor time comes in steps of 10 ms. */
#define CPU_SPAN_MS 100.0

/* A stretch of time that usage is wanted of: a monitor's whole, or a block. */
struct window {
    double first_ms, last_ms;
    int64_t samples;
    struct one {
        double first, last, peak;
        double last_ms, area, span_ms; /* of the mean: sum of value x time, and of that time */
    } of[N_QUANTITIES];
    int error[N_QUANTITIES]; /* why there is no value, of the last reading without one */
    struct window *next;     /* for whoever keeps several */
};

void monitor_window_begin(struct window *w);
void monitor_window_add(struct window *w, const struct reading *r);
struct m_usage monitor_window_usage(const struct window *w);
/* The quantity that an offset in struct m_usage lies in; N_QUANTITIES: none. */
enum quantity monitor_quantity_at(size_t offset);
struct m_quantity *monitor_usage_of(struct m_usage *usage, enum quantity q);
extern const char *const monitor_quantity_name[N_QUANTITIES], *const monitor_quantity_unit[N_QUANTITIES];

#endif
