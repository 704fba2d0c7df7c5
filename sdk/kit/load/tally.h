/* SPDX-License-Identifier: Apache-2.0 */
/* What came of a load's requests: counts, latencies, failures. The caller has the lock. Internal to the kit. */
#ifndef MUSTER_KIT_LOAD_TALLY_H
#define MUSTER_KIT_LOAD_TALLY_H

#include "histogram.h"

#include <muster/kit/load.h>
#include <stdio.h>

enum { TALLY_FAILURES = 100, TALLY_REASONS = 64, TALLY_STATUSES = 32, REASON_SIZE = 160 };

struct tally_failure {
    double at_ms, latency_ms; /* since the load began: when it was due, or sent */
    unsigned client;
    int32_t status;
    char reason[REASON_SIZE];
};

struct tally {
    struct load_histogram latencies;
    uint64_t done, failed, unsent;
    struct tally_failure failures[TALLY_FAILURES]; /* the first of them */
    struct {
        char text[REASON_SIZE];
        uint64_t n;
    } reasons[TALLY_REASONS]; /* the last: all others */
    struct {
        int32_t status;
        uint64_t n;
    } statuses[TALLY_STATUSES]; /* likewise */
    unsigned n_reasons, n_statuses;
};

struct tally_sent {
    double at_ms, latency_ms;
    unsigned client;
    struct m_load_result result;
};

void load_tally_add(struct tally *y, const struct tally_sent *sent);
/* One that was due, and was not sent in the time that it waited. */
void load_tally_add_unsent(struct tally *y, double waited_ms);
struct m_load_stats load_tally_stats(const struct tally *y, double seconds);
/* A JSON object. */
void load_tally_write(const struct tally *y, const struct m_load_options *o, double seconds, FILE *out);
/* "3 of 400 failed: the first, 1204 ms after its beginning: 503, not_running" */
void load_tally_describe(const struct tally *y, char *text, size_t size);

#endif
