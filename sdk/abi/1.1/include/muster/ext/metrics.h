/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/metrics.h: numbers that a run is judged or compared by.
 */
#ifndef MUSTER_EXT_METRICS_H
#define MUSTER_EXT_METRICS_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_METRICS "muster.metrics/1"

struct muster_ext_metrics {
    uint32_t size;
    uint32_t reserved;
    /* name: [A-Za-z0-9_.-]+; unit: "ms", "bytes", "1/s", "percent" or "" (NULL is ""). A value that is not finite is
     * refused with a line in the event log. */
    void (*record)(struct muster_ctx *ctx, const char *name, double value, const char *unit);
};

#ifdef __cplusplus
}
#endif

#endif
