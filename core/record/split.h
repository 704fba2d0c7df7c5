/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fingerprint of a divided plan: which cases there are, in which order, and which shard each belongs to.
 *
 * Every shard computes it over the whole plan; `muster merge` compares them, and computes it once more over what it has
 * put together. It is the SHA-256 of a line "SHARDS METHOD", then one "SHARD "id"" for each case, the id being a JSON
 * string. The owner calls split_free().
 */
#ifndef MUSTER_RECORD_SPLIT_H
#define MUSTER_RECORD_SPLIT_H

#include "artifacts/digest.h"
#include "base/buf.h"

struct split {
    struct digest *digest;
    struct buf line;
};
#define autosplit __attribute__((cleanup(split_free)))

void split_begin(struct split *s, int64_t shards, const char *method);
/* In the order of the plan. */
void split_add(struct split *s, int64_t shard, const char *case_id);
void split_end(struct split *s, char ret_hex[DIGEST_HEX]);
void split_free(struct split *s);

#endif
