/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/attempt.h: who is running, and how much time is left.
 */
#ifndef MUSTER_EXT_ATTEMPT_H
#define MUSTER_EXT_ATTEMPT_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_ATTEMPT "muster.attempt/1"

/* Facts of the attempt; strings are never NULL and hold until it ends. */
struct muster_attempt_info {
    uint32_t size;
    uint32_t attempt; /* from 1 */
    uint32_t slot;    /* from 0; no two attempts that run at the same time have the same: for ports and names */
    uint32_t reserved;
    uint64_t seed; /* of the run */
    const char *run_id;
    const char *case_id;
    const char *temp_dir;      /* private, empty at the start, removed afterwards */
    const char *artifacts_dir; /* what is written here is kept with the attempt; below on-failure/ in it, only when the
                                * attempt does not pass */
};

struct muster_ext_attempt {
    uint32_t size;
    uint32_t reserved;
    const struct muster_attempt_info *(*info)(struct muster_ctx *ctx);
    /* Milliseconds until the running phase (set-up, body, tear-down or cleanup) is out of time; 0 when it is,
     * UINT64_MAX without a limit. */
    uint64_t (*remaining_ms)(struct muster_ctx *ctx);
};

#ifdef __cplusplus
}
#endif

#endif
