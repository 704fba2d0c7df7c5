/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `--shard auto`: which shard this is, from the variables by which CI servers and job schedulers number parallel jobs.
 *
 * Muster's own variables come first, then the others in the order of the table; the first that are set count. Variables
 * that are set but make no sense are an error and not passed over: a job that took itself for another one would leave
 * cases to nobody. Pure: the environment is a function.
 */
#ifndef MUSTER_PLAN_SHARD_ENV_H
#define MUSTER_PLAN_SHARD_ENV_H

#include "plan/shard.h"

/* As getenv(): NULL when it is not set. An empty variable counts as one that is not set. */
typedef const char *(*shard_getenv)(const char *name, void *data);

/* -EINVAL: variables that make no sense, which the error names; -ENOENT: none are set, and it lists them all. */
int shard_from_env(shard_getenv get, void *data, struct shard *ret_shard, struct err *err);

#endif
