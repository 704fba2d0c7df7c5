/* SPDX-License-Identifier: Apache-2.0 */
/* --shard, for run and list. */
#include "cli/shard_option.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "cli/run_history.h"
#include "plan/shard_env.h"

#include <string.h>

static const char *from_environment(const char *name, void *data)
{
    (void)data;
    return getenv(name);
}

int shard_option_choose(const struct verb *verb, const char *text, struct shard *ret_shard)
{
    autoerr struct err err = {0};
    if (!text)
        return EXIT_OK;
    int r = strcmp(text, "auto") == 0 ? shard_from_env(from_environment, NULL, ret_shard, &err)
                                      : shard_parse(text, ret_shard, &err);
    if (r == 0)
        return EXIT_OK;
    return cli_usage(verb, strcmp(text, "auto") == 0 ? "--shard auto: %s" : "--shard %s", err_text(&err));
}

void shard_option_apply(struct shard shard, const char *history, struct selection *selection, struct sharding *ret)
{
    autofree struct case_past *past = shard.total > 0 && history ? cli_history_read(history, selection) : NULL;
    sharding_apply(shard, past, selection, ret);
}
