/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed calls: a function of a plugin whose arguments, after the context, are given as types and texts. libffi builds
 * the call. It is mapped when it is first needed, so that hosts without such functions, and what is forked from them,
 * don't pay for it. Calls only: there are no closures, which would want memory that can be written and executed.
 */
#ifndef MUSTER_HOST_CALL_H
#define MUSTER_HOST_CALL_H

#include "base/buf.h"
#include "base/err.h"
#include "load/plugin.h"
#include "plan/values.h"

/* Maps libffi, where the plugin has scenarios with a typed body, or as data: attempts are forked with it. */
void call_prepare(const struct plugin *p);
/*
 * Calls `RETURNS function(ctx, ...)` with a value for each parameter. *ret_value is what it returned (returns is
 * MUSTER_TYPE_*; nothing for NONE). -EINVAL: a text that is no value of its type, by the parameter's name, or a
 * returned text that is NULL or not UTF-8; -ENOSYS: no libffi. May be called from any thread.
 */
int call_function(void (*function)(void), struct muster_ctx *ctx, const struct plugin_params *params,
                  const char *const *values, uint32_t returns, union value *ret_value, struct err *err);
/* The text that stands for a value: value_parse() makes the same value of it. */
void call_value_text(uint32_t type, const union value *value, struct buf *out);

#endif
