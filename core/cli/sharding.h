/* SPDX-License-Identifier: Apache-2.0 */
/* --shard, for run and list: which shard this is, and its part of a selection. */
#ifndef MUSTER_CLI_SHARDING_H
#define MUSTER_CLI_SHARDING_H

#include "artifacts/digest.h"
#include "cli/cli.h"
#include "plan/shard.h"

/* Seeds are random where none is given; shards have to agree on theirs. */
enum { SHARDS_SEED = 0 };

struct sharding {
    struct shard shard; /* total 0: the plan is not divided */
    enum shard_method method;
    size_t n_whole; /* cases of the whole plan */
    char split[DIGEST_HEX];
};

/* "2/5" or "auto"; NULL: not divided. The status to end with, after a complaint, or EXIT_OK. */
int sharding_choose(const struct verb *verb, const char *text, struct shard *ret_shard);
/* Leaves the shard's part of the selection, the whole of which it has to be; nothing when it is not divided.
 * `history`: a file, or NULL. */
void sharding_apply(struct shard shard, const char *history, struct selection *selection, struct sharding *ret);
/* "shard 2/5 by recorded time: 3 of 12 scenarios\n"; nothing when it is not divided. */
void sharding_describe(const struct sharding *s, const struct selection *selection, struct buf *out);

#endif
