/* SPDX-License-Identifier: Apache-2.0 */
/* The fingerprint of a divided plan. */
#include "record/split.h"

#include "base/text.h"

#include <string.h>

static void add_line(struct split *s)
{
    buf_addc(&s->line, '\n');
    digest_add(s->digest, s->line.data, s->line.len);
    buf_clear(&s->line);
}

void split_begin(struct split *s, int64_t shards, const char *method)
{
    *s = (struct split){.digest = digest_new()};
    buf_addf(&s->line, "%lld %s", (long long)shards, method);
    add_line(s);
}

void split_add(struct split *s, int64_t shard, const char *case_id)
{
    buf_addf(&s->line, "%lld ", (long long)shard);
    json_add_string(&s->line, case_id, strlen(case_id)); /* as the log has it, also where it is not UTF-8 */
    add_line(s);
}

void split_end(struct split *s, char ret_hex[DIGEST_HEX])
{
    digest_end(s->digest, ret_hex);
}

void split_free(struct split *s)
{
    if (s->digest)
        digest_free(s->digest);
    buf_free(&s->line);
    *s = (struct split){0};
}
