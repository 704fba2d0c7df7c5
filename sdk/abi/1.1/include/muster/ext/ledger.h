/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/ledger.h: what must be undone, written down before it is done.
 */
#ifndef MUSTER_EXT_LEDGER_H
#define MUSTER_EXT_LEDGER_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_LEDGER "muster.ledger/1"

struct muster_ext_ledger {
    uint32_t size;
    uint32_t reserved;
    /*
     * Records that the plugin's cleanup of this name is to be called with this payload when the attempt is
     * over, last in first out, however it ends. Returns once the supervisor has written it: call it BEFORE
     * creating what the cleanup removes. `cleanup` is the name of one of the plugin's cleanups; `payload` has
     * at most 32 KiB, and NULL is "". An unknown name or a longer payload ends the attempt as an error.
     */
    void (*defer)(struct muster_ctx *ctx, const char *cleanup, const char *payload);
};

#ifdef __cplusplus
}
#endif

#endif
