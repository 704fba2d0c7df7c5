/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduling, from the command line's side. */
#include "cli/scheduling.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/history.h"
#include "plan/repeat.h"

#include <string.h>

void scheduling_apply(const struct scheduling *s, struct runner_options *o)
{
    o->until_fail = s->until_fail;
    o->rounds = (uint32_t)s->repeat;
    o->max_fail = s->first_failure || s->until_fail ? 1 : (uint64_t)s->max_fail;
    o->stop_at_ns = s->global_timeout_ns ? o->epoch_ns + s->global_timeout_ns : NEVER;
}

char *scheduling_ending(const struct scheduling *s, const struct runner_result *result)
{
    if (result->out_of_time)
        return xasprintf("--global-timeout: the run was ended after %.6g s", (double)s->global_timeout_ns / NS_PER_S);
    if (result->failed_out && !s->until_fail)
        return xasprintf("%s: nothing new was begun after %llu failed", s->first_failure ? "--exitfirst" : "--max-fail",
                         (unsigned long long)result->n_bad);
    return NULL;
}

void scheduling_repeat(const struct scheduling *s, struct selection *selection)
{
    if (!s->until_fail)
        repeat_cases(selection, (uint32_t)s->repeat);
}

const char *scheduling_history(const struct scheduling *s)
{
    return strcmp(s->history, "none") == 0 ? NULL : s->history;
}

uint32_t *scheduling_sequence(const struct scheduling *s, const struct catalogue *c, const struct selection *selection,
                              uint64_t seed)
{
    uint32_t *sequence = xcalloc(selection->n_cases, sizeof *sequence);
    enum order order = (enum order)s->order;
    const char *history = scheduling_history(s);
    autofree struct case_past *past = order_wants_past(order) && history ? cli_history_read(history, selection) : NULL;
    order_cases(c, selection, order, seed, past, sequence);
    return sequence;
}
