/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/place.h: the author's line that a call comes from, since 1.2. The tables of other extensions have no
 * arguments for it; what such a call ends, or complains of, is reported there.
 */
#ifndef MUSTER_EXT_PLACE_H
#define MUSTER_EXT_PLACE_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_PLACE "muster.place/1"

struct muster_ext_place {
    uint32_t size;
    uint32_t reserved;
    /* What this thread calls from now on comes from that line, until it says another. `file` stays until then; NULL:
     * nobody knows. */
    void (*at)(struct muster_ctx *ctx, const char *file, uint32_t line);
};

#ifdef __cplusplus
}
#endif

#endif
