/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/target.h: the system under test, as the run was told of it.
 */
#ifndef MUSTER_EXT_TARGET_H
#define MUSTER_EXT_TARGET_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_TARGET "muster.target/1"

struct muster_ext_target {
    uint32_t size;
    uint32_t reserved;
    /* The value that the run gave to `key` (`muster run --set url=http://127.0.0.1:8080`), or NULL. */
    const char *(*value)(struct muster_ctx *ctx, const char *key);

    /* since 1.2 */

    /* The run's target file as canonical JSON, which holds until the process ends; NULL: the run has none. */
    const char *(*document)(struct muster_ctx *ctx);
    /* The operations that the running scenario declares, as it wrote them ("workload.create(limits)"), up to a NULL;
     * NULL where anything may be used: in fixtures and cleanups. */
    const char *const *(*operations)(struct muster_ctx *ctx);
};

#ifdef __cplusplus
}
#endif

#endif
