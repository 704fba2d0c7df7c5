/* SPDX-License-Identifier: Apache-2.0 */
#include "workloads/load.h"

void load_sample(struct load_meter *m, int64_t at_ms, int64_t requests)
{
    unsigned i = m->n++ % LOAD_SAMPLES;

    m->at_ms[i] = at_ms;
    m->requests[i] = requests;
}

int load_requests_per_second(const struct load_meter *m)
{
    unsigned newest = (m->n - 1) % LOAD_SAMPLES, oldest = m->n > LOAD_SAMPLES ? m->n % LOAD_SAMPLES : 0;

    if (m->n < 2 || m->at_ms[newest] <= m->at_ms[oldest])
        return 0;
    return (int)((m->requests[newest] - m->requests[oldest]) * 1000 / (m->at_ms[newest] - m->at_ms[oldest]));
}
