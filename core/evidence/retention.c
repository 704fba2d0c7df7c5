/* SPDX-License-Identifier: Apache-2.0 */
/* Which runs are to go. */
#include "evidence/retention.h"

const char *retention_text(enum retention_why why)
{
    static const char *const texts[] = {[RETENTION_WITHIN] = "it is within all bounds",
                                        [RETENTION_COUNT] = "there are --keep-runs newer ones",
                                        [RETENTION_AGE] = "it is older than --keep-age",
                                        [RETENTION_SIZE] = "with the newer ones it takes more than --keep-size",
                                        [RETENTION_LATEST] = "it is the latest",
                                        [RETENTION_RUNNING] = "it is at work",
                                        [RETENTION_OUTSTANDING] = "it has left something to be undone: muster cleanup",
                                        [RETENTION_PINNED] = "it is pinned",
                                        [RETENTION_FOREIGN] = "its name is not that of a run",
                                        [RETENTION_STUCK] = "it could not be removed"};
    return texts[why];
}

/* The bound that the run passes, which has `before` newer ones that take `bytes` with it. */
static enum retention_why passes(const struct retention_rule *rule, size_t before, int64_t bytes, int64_t age_ns)
{
    if (rule->runs >= 0 && before >= (uint64_t)rule->runs)
        return RETENTION_COUNT;
    if (rule->age_ns >= 0 && age_ns > rule->age_ns)
        return RETENTION_AGE;
    return rule->bytes >= 0 && bytes > rule->bytes ? RETENTION_SIZE : RETENTION_WITHIN;
}

void retention_judge(const struct retention_rule *rule, struct retention_item *items, size_t n, int64_t now_ns)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        struct retention_item *item = &items[i];
        bytes += item->bytes;
        item->why = passes(rule, i, bytes, now_ns - item->began_ns);
        item->goes = item->why != RETENTION_WITHIN && item->stays == RETENTION_WITHIN;
        if (item->why != RETENTION_WITHIN && !item->goes)
            item->why = item->stays;
    }
}
