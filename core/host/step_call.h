/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of step functions, for scenarios as data: texts in, a text out (data_call_fn of data/data.h). */
#ifndef MUSTER_HOST_STEP_CALL_H
#define MUSTER_HOST_STEP_CALL_H

#include "base/err.h"

#include <muster/plugin.h>

int step_call(struct muster_ctx *ctx, const struct muster_step *step, const char *const *texts, char **ret_text,
              struct err *err);

#endif
