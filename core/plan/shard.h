/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shards: a plan divided among several runs, so that each case is in exactly one of them.
 *
 * Every shard divides the whole plan by itself and takes its own part, so all must come to the same result: it depends
 * on the ids, on what is recorded of the cases and on the number of shards, not on the order of the plan, on the shard
 * that asks, nor on the machine.
 *
 * By time, when something is recorded of any case: the longest first, each to the shard that has least to do so far.
 * A case of which nothing is known counts as the median of those that are known. By hash, when nothing is recorded:
 * FNV-1a (64 bits) of the id's bytes, mixed by SplitMix64's last step, modulo the number of shards; a new case then
 * moves no other one. Pure.
 */
#ifndef MUSTER_PLAN_SHARD_H
#define MUSTER_PLAN_SHARD_H

#include "plan/order.h"
#include "plan/select.h"

#include <stdint.h>

enum { SHARDS_MAX = 100000 };

struct shard {
    uint32_t index; /* from 1 */
    uint32_t total; /* 0: the plan is not divided */
};

enum shard_method { SHARD_BY_HASH, SHARD_BY_TIME };
/* "hash", "time": as logs have it. */
const char *shard_method_name(enum shard_method method);

/* "2/5"; -EINVAL. */
int shard_parse(const char *text, struct shard *ret_shard, struct err *err);

/* Which shard each case of the selection belongs to, from 1: `ret_shards` has room for all of them. `past` is by case;
 * NULL: nothing is known. */
enum shard_method shard_assign(const struct selection *selection, const struct case_past *past, uint32_t total,
                               uint32_t *ret_shards);
/* Leaves the cases of one shard, in their order, each with its position in the whole. */
void shard_take(struct selection *selection, const uint32_t *shards, uint32_t index);

#endif
