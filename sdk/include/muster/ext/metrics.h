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
    /* Since 1.2. Declares a bound on what this attempt records from now on, as muster_plugin.thresholds does for all of
     * the plugin's: "max(shop.latency) < 2 s". Samples of all attempts that declare the same text are judged together,
     * when the run ends. A text that is none ends the attempt as an error. */
    void (*threshold)(struct muster_ctx *ctx, const char *threshold);
};

#ifdef __cplusplus
}
#endif

#endif
