/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/steps.h: named, timed parts of an attempt. Steps nest by the order of their calls, on each thread for
 * itself; the first step of a thread lies inside the innermost one that is open on the attempt's main thread.
 */
#ifndef MUSTER_EXT_STEPS_H
#define MUSTER_EXT_STEPS_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_STEPS "muster.steps/1"

struct muster_ext_steps {
    uint32_t size;
    uint32_t reserved;
    /* Begins a step inside the innermost open one; returns its number, from 1. */
    uint32_t (*begin)(struct muster_ctx *ctx, const char *name);
    /* Ends it, and any step that was begun inside it on the same thread and is still open. From any thread. */
    void (*end)(struct muster_ctx *ctx, uint32_t step);
};

#ifdef __cplusplus
}
#endif

#endif
