/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/secrets.h: values that no output, event, report or bundle may show, since 1.2.
 */
#ifndef MUSTER_EXT_SECRETS_H
#define MUSTER_EXT_SECRETS_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_SECRETS "muster.secrets/1"

struct muster_ext_secrets {
    uint32_t size;
    uint32_t reserved;
    /* From its return on the value's bytes are hidden, in the whole run and in each spelling that
     * docs/reference/secrets.md lists, as [secret NAME]. One of less than 8 bytes is not: a line of the log says so.
     * The bytes stay the caller's, and `name`, which is shown, too. From any thread of an attempt, or of a fixture. */
    void (*hide)(struct muster_ctx *ctx, const char *name, const char *value);
};

#ifdef __cplusplus
}
#endif

#endif
