/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/ext/params.h: the values of a case's parameters, or of a fixture's, as text.
 */
#ifndef MUSTER_EXT_PARAMS_H
#define MUSTER_EXT_PARAMS_H

#include <muster/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXT_PARAMS "muster.params/1"

/* Since 1.1. */
struct muster_ext_params {
    uint32_t size;
    uint32_t reserved;
    /* In a scenario the case's value, in a fixture's functions the fixture's argument; the fallback where none was
     * given. NULL when there is no parameter of this name. It is a valid text of the parameter's type. */
    const char *(*value)(struct muster_ctx *ctx, const char *name);
};

#ifdef __cplusplus
}
#endif

#endif
