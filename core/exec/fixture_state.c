/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of fixtures while a run goes on. */
#include "exec/fixture_state.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "plan/limits.h"

#include <stdlib.h>

static const int64_t ready_default_ns = 30 * NS_PER_S;

int64_t fixture_limit_or(const struct fixtures *f, uint32_t ms, int64_t by_default)
{
    return ms ? limits_longer(ms * NS_PER_MS, f->timeout_factor) : by_default;
}

int64_t fixture_ready_limit(const struct fixture_run *it)
{
    return fixture_limit_or(it->fixtures, it->info->ready_timeout_ms,
                            limits_longer(ready_default_ns, it->fixtures->timeout_factor));
}

int64_t fixture_teardown_limit(const struct fixture_run *it)
{
    return fixture_limit_or(it->fixtures, it->info->teardown_timeout_ms, it->fixtures->teardown_ns);
}

const char *fixture_kind(const struct fixture_run *it)
{
    return it->info->scope == SCOPE_RUN ? "service" : "fixture";
}

void fixture_set_text(char **text, char *value)
{
    free(*text);
    *text = value;
}

void fixture_forget_words(struct fixture_run *it)
{
    for (size_t i = 0; i < it->n_watches; i++) {
        close_fd(it->watches[i].pidfd);
        free(it->watches[i].what);
    }
    it->n_watches = 0;
    for (size_t i = 0; i < it->n_pairs; i++) {
        free(it->pairs[i].key);
        free(it->pairs[i].value);
    }
    it->n_pairs = it->bytes = 0;
}

void fixture_emit(const struct fixture_run *it, struct event *event)
{
    const struct slot_shared *shared = it->fixtures->shared;
    event->t_ns = clock_mono() - shared->epoch_ns;
    shared->sink.event(shared->sink.data, event);
}

const struct case_fixtures *fixtures_needs(const struct fixtures *f, size_t i)
{
    return f->n > 0 ? fixtures_of(f->plan, i) : NULL;
}

static bool case_uses(const struct fixtures *f, size_t i, const struct fixture_run *it)
{
    const struct case_fixtures *needs = fixtures_needs(f, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++)
        if (&f->items[needs->shared[k]] == it)
            return true;
    return false;
}

bool fixture_is_used_in(const struct fixture_run *it, const struct slot *s)
{
    const struct slot_task *task = slot_task(s);
    const struct case_plan *plan = task ? task->item : NULL;
    return plan && case_uses(it->fixtures, (size_t)(plan - it->fixtures->selection->cases), it);
}

bool fixture_stays(const struct fixture_run *it)
{
    if (it->state != FIXTURE_READY || it->fixtures->keeps_none)
        return false;
    bool keeps = it->fixtures->shared->keep == KEEP_ALL || it->keep;
    return it->holds || (keeps && slot_has_deferred(it->slot));
}

bool fixture_uses(const struct fixture_run *user, const struct fixture_run *it)
{
    uint32_t number = (uint32_t)(it - it->fixtures->items);
    for (uint32_t k = 0; k < user->plan->n_uses; k++)
        if (user->plan->uses[k].instance == number)
            return true;
    return false;
}
