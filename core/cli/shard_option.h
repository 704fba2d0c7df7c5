/* SPDX-License-Identifier: Apache-2.0 */
/* --shard, for run and list. */
#ifndef MUSTER_CLI_SHARD_OPTION_H
#define MUSTER_CLI_SHARD_OPTION_H

#include "cli/cli.h"
#include "evidence/sharding.h"

/* "2/5" or "auto"; NULL: not divided. The status to end with, after a complaint, or EXIT_OK. */
int shard_option_choose(const struct verb *verb, const char *text, struct shard *ret_shard);
/* Leaves the shard's part of the selection, by the times in `history`: a file, or NULL. */
void shard_option_apply(struct shard shard, const char *history, struct selection *selection, struct sharding *ret);

#endif
