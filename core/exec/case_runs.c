/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of a run: the machine that each is. */
#include "exec/case_runs.h"

#include "base/clock.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

#define TO(state_) (1u << (state_))

/* Where a case may go from each state. */
static const unsigned moves[CASE_N_STATES] = {
    [CASE_QUEUED] = TO(CASE_CHOSEN) | TO(CASE_ENDED), /* the latter: nothing begins any more */
    [CASE_CHOSEN] = TO(CASE_RUNNING) | TO(CASE_BLOCKED) | TO(CASE_QUEUED) | TO(CASE_ENDED),
    [CASE_BLOCKED] = TO(CASE_QUEUED) | TO(CASE_ENDED),
    [CASE_RUNNING] = TO(CASE_LEAVING) | TO(CASE_WAITING) | TO(CASE_QUEUED) | TO(CASE_ENDED),
    [CASE_LEAVING] = TO(CASE_WAITING) | TO(CASE_QUEUED) | TO(CASE_ENDED),
    [CASE_WAITING] = TO(CASE_QUEUED) | TO(CASE_ENDED),
    [CASE_ENDED] = 0,
};

bool case_may_move(enum case_state from, enum case_state to)
{
    return moves[from] & TO(to);
}

static bool has_claims(enum case_state state)
{
    return state == CASE_CHOSEN || state == CASE_RUNNING;
}

static bool has_attempt(enum case_state state)
{
    return state == CASE_RUNNING || state == CASE_LEAVING;
}

/* One that has just run goes round: behind all others. A retry comes first, and one that waited for its fixtures where
 * it was. */
static void queue(struct case_runs *s, uint32_t i, enum case_state from)
{
    if (has_attempt(from))
        schedule_last(s->schedule, i);
    else if (s->items[i].attempts > 0)
        schedule_first(s->schedule, i);
    else
        schedule_again(s->schedule, i);
}

static void block(struct case_runs *s, uint32_t i)
{
    GROW(s->blocked, s->n_blocked, s->cap_blocked);
    s->blocked[s->n_blocked++] = i;
}

void case_runs_move(struct case_runs *s, uint32_t i, enum case_state to)
{
    struct case_run *c = &s->items[i];
    enum case_state from = c->state;
    assert(case_may_move(from, to));
    c->state = to;
    s->in[from]--;
    s->in[to]++;
    if (has_claims(from) && !has_claims(to))
        schedule_ended(s->schedule, i);
    if (from == CASE_WAITING)
        timers_set(&s->retries, &c->retry, NEVER);
    if (to == CASE_QUEUED)
        queue(s, i, from);
    else if (to == CASE_BLOCKED)
        block(s, i);
}

bool case_runs_choose(struct case_runs *s, uint32_t *ret_case)
{
    if (!schedule_next(s->schedule, ret_case))
        return false;
    case_runs_move(s, *ret_case, CASE_CHOSEN);
    return true;
}

void case_runs_wait(struct case_runs *s, uint32_t i, int64_t until_ns)
{
    case_runs_move(s, i, CASE_WAITING);
    timers_set(&s->retries, &s->items[i].retry, until_ns);
}

void case_runs_unblock(struct case_runs *s)
{
    for (size_t k = 0; k < s->n_blocked; k++)
        if (s->items[s->blocked[k]].state == CASE_BLOCKED)
            case_runs_move(s, s->blocked[k], CASE_QUEUED);
    s->n_blocked = 0;
}

void case_runs_wake(struct case_runs *s, int64_t now_ns)
{
    for (struct timer *t; (t = timers_take_due(&s->retries, now_ns)) != NULL;)
        case_runs_move(s, (uint32_t)(container_of(t, struct case_run, retry) - s->items), CASE_QUEUED);
}

int64_t case_runs_next_ns(const struct case_runs *s)
{
    return timers_next(&s->retries);
}

size_t case_runs_running(const struct case_runs *s)
{
    return s->in[CASE_RUNNING] + s->in[CASE_LEAVING];
}

enum verdict case_verdict_after(enum verdict before, uint32_t bad, enum verdict attempt)
{
    if (verdict_is_bad(attempt) || bad == 0)
        return attempt;
    return attempt == VERDICT_PASSED ? VERDICT_FLAKY : before;
}

bool case_is_between_attempts(const struct case_run *c)
{
    return c->attempts > 0 && (c->state == CASE_QUEUED || c->state == CASE_BLOCKED || c->state == CASE_WAITING);
}

void case_runs_open(struct case_runs *s, struct schedule *schedule, size_t n)
{
    *s = (struct case_runs){.schedule = schedule, .items = xcalloc(n ? n : 1, sizeof *s->items), .n = n};
    s->in[CASE_QUEUED] = n;
}

void case_runs_close(struct case_runs *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->items[i].reason);
        free(s->items[i].setup_error);
    }
    free(s->items);
    free(s->blocked);
    timers_free(&s->retries);
    *s = (struct case_runs){0};
}
