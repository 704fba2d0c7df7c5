/* SPDX-License-Identifier: Apache-2.0 */
/* A slot's attempt and the memory and pid limits of its scenario. */
#include "exec/slot_limits.h"

#include "base/cleanup.h"
#include "contain/limit_groups.h"
#include "exec/slot_state.h"

#include <stdlib.h>

bool slot_is_limited(const struct slot_task *task)
{
    return task->limits.memory_bytes > 0 || task->limits.pids > 0;
}

void slot_skip(struct slot *s, const char *why)
{
    free(s->attempt.reason);
    s->attempt.reason = xasprintf("unsupported: %s", why);
    s->attempt.observed.has_verdict = true;
    s->attempt.observed.outcome = OUTCOME_SKIPPED;
    s->attempt.observed.reason = s->attempt.reason;
}

bool slot_limit(struct slot *s)
{
    const struct limits *l = &s->attempt.task.limits;
    if (s->attempt.janitor || !slot_is_limited(&s->attempt.task))
        return true;
    const char *lack = resources_lack(s->shared->resources, l);
    if (lack) {
        slot_skip(s, lack);
        return false;
    }
    autoerr struct err err = {0};
    s->attempt.limited = resources_begin(s->shared->resources, s->number, l, &err) == 0;
    if (s->attempt.limited)
        return true;
    slot_blame(s, xstrdup(err_text(&err)));
    return false;
}

struct message_list slot_groups(const struct slot *s, struct arena *arena)
{
    struct message_list none = {0};
    return s->attempt.limited ? resources_groups(s->shared->resources, s->number, &s->attempt.task.limits, arena)
                              : none;
}

void slot_see_limits(struct slot *s)
{
    if (!s->attempt.limited)
        return;
    s->attempt.limited = false;
    const struct limits *l = &s->attempt.task.limits;
    struct resources_seen seen = resources_end(s->shared->resources, s->number, l);
    if (seen.out_of_memory)
        s->attempt.observed.memory_limit = l->memory_bytes;
    if (seen.refused == 0)
        return;
    autofree char *text = xasprintf("its limit of %u processes was reached: %llu were refused", l->pids,
                                    (unsigned long long)seen.refused);
    slot_log(s, "warning", text);
}
