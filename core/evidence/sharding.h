/* SPDX-License-Identifier: Apache-2.0 */
/* Which shard a run is, and its part of a selection. */
#ifndef MUSTER_EVIDENCE_SHARDING_H
#define MUSTER_EVIDENCE_SHARDING_H

#include "artifacts/digest.h"
#include "base/buf.h"
#include "plan/shard.h"

/* Seeds are random where none is given; shards have to agree on theirs. */
enum { SHARDS_SEED = 0 };

struct sharding {
    struct shard shard; /* total 0: the plan is not divided */
    enum shard_method method;
    size_t n_whole; /* cases of the whole plan */
    char split[DIGEST_HEX];
};

/* Leaves the shard's part of the selection, the whole of which it has to be; nothing when it is not divided.
 * `past`: what is known of each of its cases, or NULL. */
void sharding_apply(struct shard shard, const struct case_past *past, struct selection *selection,
                    struct sharding *ret);
/* "shard 2/5 by recorded time: 3 of 12 scenarios\n"; nothing when it is not divided. */
void sharding_describe(const struct sharding *s, const struct selection *selection, struct buf *out);

#endif
