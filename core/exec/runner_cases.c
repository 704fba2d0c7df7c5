/* SPDX-License-Identifier: Apache-2.0 */
/* Cases on their way through a run: begun, made to wait for a retry or for fixtures, ended. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "exec/runner_state.h"

static void emit(struct runner *r, struct event *event)
{
    event->t_ns = clock_mono() - r->o->epoch_ns;
    r->o->sink.event(r->o->sink.data, event);
}

static const struct case_plan *plan_of(const struct runner *r, size_t i)
{
    return &r->o->selection->cases[i];
}

uint32_t runner_plugin_of(const struct runner *r, size_t i)
{
    return r->o->catalogue->scenarios[plan_of(r, i)->scenario].plugin;
}

bool runner_is_failed_out(const struct runner *r)
{
    return r->o->max_fail > 0 && r->result.n_bad >= r->o->max_fail;
}

static void end_case(struct runner *r, size_t i, enum verdict verdict, const char *reason)
{
    const struct case_state *c = &r->cases[i];
    struct event e = {.type = EVENT_CASE_ENDED,
                      .case_ended = {plan_of(r, i)->id, verdict, c->attempts, c->total_ns, reason}};
    emit(r, &e);
    r->ended++;
    r->result.n_bad += verdict_is_bad(verdict);
    r->result.n_flaky += verdict == VERDICT_FLAKY;
    if (r->o->drop_passed_output && c->attempts > 0 && !c->bad_before)
        workspace_drop_case(&r->workspace, plan_of(r, i)->id);
    fixtures_note_last(&r->fixtures, i);
    if (--r->plugin_left[runner_plugin_of(r, i)] == 0)
        hosts_retire(r->o->hosts, runner_plugin_of(r, i));
}

static size_t case_index(const struct runner *r, const void *owner_data)
{
    return (size_t)((const struct case_plan *)owner_data - r->o->selection->cases);
}

static uint32_t retry_class(enum verdict verdict)
{
    static const uint32_t classes[VERDICT_N] = {[VERDICT_FAILED] = RETRY_ON_FAILED,
                                                [VERDICT_ERROR] = RETRY_ON_ERROR,
                                                [VERDICT_TIMEOUT] = RETRY_ON_TIMEOUT,
                                                [VERDICT_CRASHED] = RETRY_ON_CRASHED};
    return classes[verdict];
}

static bool may_retry(const struct runner *r, size_t i, enum verdict verdict)
{
    const struct case_plan *plan = plan_of(r, i);
    return verdict_is_bad(verdict) && !r->halted && !r->o->until_fail && !plan->known_failure &&
           r->cases[i].attempts <= plan->limits.retries && (plan->limits.retry_on & retry_class(verdict)) &&
           (r->o->retry_budget < 0 || r->retries < (uint64_t)r->o->retry_budget);
}

/* Decided once for each attempt: its event says so, and by the time that the case goes on others may have spent what
 * was left of the budget. */
bool runner_will_retry(void *data, void *owner_data, enum verdict verdict)
{
    struct runner *r = data;
    size_t i = case_index(r, owner_data);
    struct case_state *c = &r->cases[i];
    if (c->decided != c->attempts) {
        c->decided = c->attempts;
        c->retry = may_retry(r, i, verdict);
        r->retries += c->retry;
    }
    return c->retry && !r->halted;
}

/* A known failure that fails is skipped, after the fact. Not one that the end of the run cut short. */
static void end_by_verdict(struct runner *r, size_t i, enum verdict verdict, const char *reason)
{
    const char *known = plan_of(r, i)->known_failure;
    if (!known || !verdict_is_bad(verdict) || r->interrupts > 0 || r->result.out_of_time) {
        end_case(r, i, verdict, reason);
        return;
    }
    autofree char *text = xasprintf("known failure: %s: %s", known, reason);
    end_case(r, i, VERDICT_SKIPPED, text);
}

static bool goes_round(const struct runner *r, size_t i, enum verdict verdict)
{
    return r->o->until_fail && verdict == VERDICT_PASSED && !r->halted &&
           (r->o->rounds == 0 || r->cases[i].attempts < r->o->rounds);
}

void runner_on_slot_ended(struct slot *slot, const struct slot_result *result, void *data)
{
    (void)slot;
    struct runner *r = data;
    size_t i = case_index(r, result->task->owner_data);
    struct case_state *c = &r->cases[i];
    r->running--;
    if (!c->released)
        schedule_ended(r->o->schedule, (uint32_t)i);
    c->released = false;
    fixtures_note_end(&r->fixtures, i, result->verdict);
    c->total_ns += result->duration_ns;
    bool retry = runner_will_retry(r, result->task->owner_data, result->verdict);
    enum verdict verdict = result->verdict == VERDICT_PASSED && c->bad_before ? VERDICT_FLAKY : result->verdict;
    c->bad_before = c->bad_before || verdict_is_bad(result->verdict);
    if (!retry && goes_round(r, i, verdict)) {
        c->between = true;
        schedule_last(r->o->schedule, (uint32_t)i);
        return;
    }
    if (!retry) {
        end_by_verdict(r, i, verdict, buf_str(&slot->attempt.why));
        return;
    }
    const struct case_plan *plan = plan_of(r, i);
    c->verdict = verdict;
    c->reason = xstrdup(buf_str(&slot->attempt.why));
    c->not_before_ns = clock_mono() + limits_retry_delay(&plan->limits, plan->id, c->attempts, r->o->seed);
    GROW(r->waiting, r->n_waiting, r->cap_waiting);
    r->waiting[r->n_waiting++] = (uint32_t)i;
}

static struct slot_task begin_case(struct runner *r, size_t i)
{
    const struct case_plan *plan = plan_of(r, i);
    const struct scenario_info *s = &r->o->catalogue->scenarios[plan->scenario];
    const struct slot_task task = {.case_id = plan->id,
                                   .setup_error = r->cases[i].lacks,
                                   .plugin = s->plugin,
                                   .scenario = s->index,
                                   .attempt = ++r->cases[i].attempts,
                                   .limits = plan->limits,
                                   .values = plan->values,
                                   .n_values = plan->values ? s->params.n : 0,
                                   .owner_data = (void *)plan};
    free(r->cases[i].reason);
    r->cases[i].reason = NULL;
    r->cases[i].between = r->cases[i].parked = false;
    fixtures_note_begin(&r->fixtures, i);
    r->running++;
    return task;
}

/* Cases whose wait is over come before those that have not begun. */
static void requeue_due(struct runner *r, int64_t now)
{
    size_t left = 0;
    for (size_t k = 0; k < r->n_waiting; k++) {
        if (r->cases[r->waiting[k]].not_before_ns <= now)
            schedule_first(r->o->schedule, r->waiting[k]);
        else
            r->waiting[left++] = r->waiting[k];
    }
    r->n_waiting = left;
}

/* It stands aside until something is new with fixtures, and keeps nobody from a slot or a lock meanwhile. */
static void park(struct runner *r, uint32_t i)
{
    schedule_ended(r->o->schedule, i);
    r->cases[i].parked = true;
    GROW(r->parked, r->n_parked, r->cap_parked);
    r->parked[r->n_parked++] = i;
}

static void unpark(struct runner *r)
{
    for (size_t k = 0; k < r->n_parked; k++)
        schedule_first(r->o->schedule, r->parked[k]);
    r->n_parked = 0;
}

/* Whether its fixtures let it begin. One that can't have them begins too: to end as an error. */
static bool has_its_fixtures(struct runner *r, uint32_t i)
{
    struct case_state *c = &r->cases[i];
    const char *reason = NULL;
    enum fixtures_answer answer = fixtures_ask(&r->fixtures, i, c->attempts > 0 && !c->parked, &reason);
    free(c->lacks);
    c->lacks = answer == FIXTURES_LACKING ? xstrdup(reason) : NULL;
    return answer != FIXTURES_WAIT;
}

/* False when there is none to start now. */
static bool take_next(struct runner *r, size_t *ret_case)
{
    uint32_t i;
    while (schedule_next(r->o->schedule, &i)) {
        const struct case_plan *plan = plan_of(r, i);
        if (plan->skip_reason) {
            schedule_ended(r->o->schedule, i);
            end_case(r, i, VERDICT_SKIPPED, plan->skip_reason);
        } else if (has_its_fixtures(r, i)) {
            *ret_case = i;
            return true;
        } else {
            park(r, i);
        }
    }
    return false;
}

/* Only where cases claim nothing: one that gives way before its end must not give away a lock. A case of another plugin
 * goes back: its turn comes when the slot is free. So does one with fixtures, which can go before it begins. */
bool runner_next(void *data, uint32_t plugin, const struct slot_task *current, struct slot_task *ret_task)
{
    struct runner *r = data;
    uint32_t now = (uint32_t)case_index(r, current->owner_data), i;
    if (r->halted || r->o->max_fail > 0 || r->n_waiting > 0 || !r->plain)
        return false;
    schedule_ended(r->o->schedule, now);
    r->cases[now].released = true;
    if (!schedule_next(r->o->schedule, &i))
        return false;
    if (plan_of(r, i)->skip_reason || runner_plugin_of(r, i) != plugin || fixtures_uses_shared(&r->fixtures, i)) {
        schedule_ended(r->o->schedule, i);
        schedule_first(r->o->schedule, i);
        return false;
    }
    *ret_task = begin_case(r, i);
    return true;
}

static void fill_slots(struct runner *r)
{
    size_t i;
    if (r->n_waiting > 0)
        requeue_due(r, clock_mono());
    for (unsigned k = 0; k < r->n_slots && !r->halted; k++) {
        struct slot *slot = &r->shared.slots[k]; /* the lowest free number first: ports follow it */
        if (slot->state == SLOT_IDLE && take_next(r, &i)) {
            const struct slot_task task = begin_case(r, i);
            slot_start(slot, &task);
        }
    }
}

/* Fixtures that are started or have failed let cases go on, which ask for others. */
void runner_begin_what_can(struct runner *r)
{
    fill_slots(r);
    while (fixtures_step(&r->fixtures)) {
        unpark(r);
        fill_slots(r);
    }
}

void runner_halt(struct runner *r)
{
    if (r->halted)
        return;
    r->halted = true;
    for (size_t k = 0; k < r->n_waiting; k++) {
        const struct case_state *c = &r->cases[r->waiting[k]];
        end_case(r, r->waiting[k], c->verdict, c->reason);
    }
    r->n_waiting = 0;
    for (size_t k = 0; k < r->n_parked; k++) {
        const struct case_state *c = &r->cases[r->parked[k]];
        if (c->attempts > 0 && !c->between)
            end_case(r, r->parked[k], c->verdict, c->reason);
    }
    r->n_parked = 0;
    fixtures_halt(&r->fixtures);
    for (size_t i = 0; r->o->until_fail && i < r->o->selection->n_cases; i++)
        if (r->cases[i].between)
            end_case(r, i, VERDICT_PASSED, "");
}

static void free_case(struct case_state *c)
{
    free(c->reason);
    free(c->lacks);
}

void runner_free_cases(struct runner *r)
{
    for (size_t i = 0; r->cases && i < r->o->selection->n_cases; i++)
        free_case(&r->cases[i]);
    free(r->cases);
    free(r->parked);
    free(r->plugin_left);
    free(r->waiting);
}
