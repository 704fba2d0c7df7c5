/* SPDX-License-Identifier: Apache-2.0 */
/* Which shard a run is, and its part of a selection. */
#include "evidence/sharding.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "record/split.h"

#include <string.h>

static void take_fingerprint(struct sharding *s, const struct selection *whole, const uint32_t *shards)
{
    autosplit struct split split;
    split_begin(&split, s->shard.total, shard_method_name(s->method));
    for (size_t i = 0; i < whole->n_cases; i++)
        split_add(&split, shards[i], whole->cases[i].id);
    split_end(&split, s->split);
}

void sharding_apply(struct shard shard, const struct case_past *past, struct selection *selection, struct sharding *ret)
{
    *ret = (struct sharding){.shard = shard, .n_whole = selection->n_cases};
    if (shard.total == 0)
        return;
    autofree uint32_t *shards = xcalloc(selection->n_cases, sizeof *shards);
    ret->method = shard_assign(selection, past, shard.total, shards);
    take_fingerprint(ret, selection, shards);
    shard_take(selection, shards, shard.index);
}

void sharding_describe(const struct sharding *s, const struct selection *selection, struct buf *out)
{
    if (s->shard.total > 0)
        buf_addf(out, "shard %u/%u by %s: %zu of %zu scenario%s\n", s->shard.index, s->shard.total,
                 s->method == SHARD_BY_TIME ? "recorded time" : "hash", selection->n_cases, s->n_whole,
                 s->n_whole == 1 ? "" : "s");
}
