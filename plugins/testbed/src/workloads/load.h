/* SPDX-License-Identifier: Apache-2.0 */
/* How many requests there are, from what has been counted at moments of the last second. */
#ifndef TESTBED_LOAD_H
#define TESTBED_LOAD_H

#include <stdint.h>

#define LOAD_SAMPLES 6

struct load_meter {
    unsigned n; /* samples so far: the last ones are kept */
    int64_t at_ms[LOAD_SAMPLES], requests[LOAD_SAMPLES];
};

/* `requests` is how many there were in all until then. */
void load_sample(struct load_meter *m, int64_t at_ms, int64_t requests);
int load_requests_per_second(const struct load_meter *m);

#endif
