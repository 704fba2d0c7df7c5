/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Latencies in microseconds, of which only counts are kept: exact below 64, then in 64 equal steps for each doubling
 * (as HdrHistogram has them). Memory does not grow with what is added. Internal to the kit.
 */
#ifndef MUSTER_KIT_LOAD_HISTOGRAM_H
#define MUSTER_KIT_LOAD_HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_STEP_BITS = 6,
    HISTOGRAM_OCTAVES = 36, /* from 64 us on: up to 50 days; what is longer counts as that */
    HISTOGRAM_SLOTS = (1 + HISTOGRAM_OCTAVES) << HISTOGRAM_STEP_BITS,
};

struct load_histogram {
    uint64_t counts[HISTOGRAM_SLOTS];
    uint64_t n, least, most;
    double sum;
};

void load_histogram_add(struct load_histogram *h, uint64_t us);
/* The greatest value of the slot that has the nearest rank, and never more than the greatest that was added; 0 without
 * any. */
uint64_t load_histogram_percentile(const struct load_histogram *h, double percent);
/* The greatest value of the slot. */
uint64_t load_histogram_end_of(unsigned slot);

#endif
