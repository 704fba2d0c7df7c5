/* SPDX-License-Identifier: Apache-2.0 */
/* Cases on their way through a run: begun, made to wait for a retry or for fixtures, ended. */
#include "exec/runner_cases.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "exec/fixture_life.h"
#include "exec/fixture_orders.h"
#include "exec/fixture_window.h"
#include "exec/runner_state.h"

static void emit(struct runner *r, struct event *event)
{
    event->t_ns = clock_mono() - r->o->epoch_ns;
    r->o->sink.event(r->o->sink.data, event);
}

static const struct case_plan *plan_of(const struct runner *r, uint32_t i)
{
    return &r->o->selection->cases[i];
}

uint32_t runner_plugin_of(const struct runner *r, uint32_t i)
{
    return r->o->catalogue->scenarios[plan_of(r, i)->scenario].plugin;
}

bool runner_is_failed_out(const struct runner *r)
{
    return r->o->max_fail > 0 && r->result.n_bad >= r->o->max_fail;
}

static void drop_output(struct runner *r, const char *case_id)
{
    autofree char *aside = workspace_drop_case(&r->workspace, case_id);
    if (!aside)
        return;
    makers_note(&r->sweeper.makers, aside, case_id);
    sweeper_wake(&r->sweeper);
}

static void end_case(struct runner *r, uint32_t i, enum verdict verdict, const char *reason)
{
    const struct case_run *c = &r->cases.items[i];
    struct event e = {.type = EVENT_CASE_ENDED,
                      .case_ended = {plan_of(r, i)->id, verdict, c->attempts, c->total_ns, reason}};
    emit(r, &e);
    case_runs_move(&r->cases, i, CASE_ENDED);
    r->result.n_bad += verdict_is_bad(verdict);
    r->result.n_flaky += verdict == VERDICT_FLAKY;
    if (r->o->drop_passed_output && c->attempts > 0 && c->bad == 0)
        drop_output(r, plan_of(r, i)->id);
    fixtures_note_last(&r->fixtures, i);
    if (--r->plugin_left[runner_plugin_of(r, i)] == 0)
        hosts_retire(r->o->hosts, runner_plugin_of(r, i));
}

static uint32_t case_of(const struct runner *r, const struct slot_task *task)
{
    return (uint32_t)((const struct case_plan *)task->item - r->o->selection->cases);
}

static uint32_t retry_class(enum verdict verdict)
{
    static const uint32_t classes[VERDICT_N] = {[VERDICT_FAILED] = RETRY_ON_FAILED,
                                                [VERDICT_ERROR] = RETRY_ON_ERROR,
                                                [VERDICT_TIMEOUT] = RETRY_ON_TIMEOUT,
                                                [VERDICT_CRASHED] = RETRY_ON_CRASHED};
    return classes[verdict];
}

static bool may_retry(const struct runner *r, uint32_t i, enum verdict verdict)
{
    const struct case_plan *plan = plan_of(r, i);
    return verdict_is_bad(verdict) && !r->o->until_fail && !plan->known_failure &&
           r->cases.items[i].attempts <= plan->limits.retries && (plan->limits.retry_on & retry_class(verdict)) &&
           (r->o->retry_budget < 0 || r->retries < (uint64_t)r->o->retry_budget);
}

/* Decided once for each attempt: its event says so, and by the time that the case goes on others may have spent what
 * was left of the budget. */
static bool will_retry(void *data, const struct slot_task *task, enum verdict verdict)
{
    struct runner *r = data;
    uint32_t i = case_of(r, task);
    struct case_run *c = &r->cases.items[i];
    if (c->next == NEXT_UNDECIDED && !r->halted) {
        c->next = may_retry(r, i, verdict) ? NEXT_RETRY : NEXT_END;
        r->retries += c->next == NEXT_RETRY;
    }
    return c->next == NEXT_RETRY && !r->halted;
}

/* A known failure that fails is skipped, after the fact. Not one that the end of the run cut short. */
static void end_by_verdict(struct runner *r, uint32_t i)
{
    const struct case_run *c = &r->cases.items[i];
    const char *known = plan_of(r, i)->known_failure;
    if (!known || !verdict_is_bad(c->verdict) || r->interrupts > 0 || r->result.out_of_time) {
        end_case(r, i, c->verdict, c->reason);
        return;
    }
    autofree char *text = xasprintf("known failure: %s: %s", known, c->reason);
    end_case(r, i, VERDICT_SKIPPED, text);
}

static bool goes_round(const struct runner *r, uint32_t i)
{
    const struct case_run *c = &r->cases.items[i];
    return r->o->until_fail && c->verdict == VERDICT_PASSED && !r->halted &&
           (r->o->rounds == 0 || c->attempts < r->o->rounds);
}

/* Its last verdict is kept: if the run is halted before the next attempt begins, it is the case's. */
static void note_verdict(struct case_run *c, const struct slot_result *result)
{
    c->total_ns += result->duration_ns;
    enum verdict verdict = case_verdict_after(c->verdict, c->bad, result->verdict);
    bool is_news = verdict == result->verdict || verdict == VERDICT_FLAKY;
    c->verdict = verdict;
    c->bad += verdict_is_bad(result->verdict);
    if (!is_news) /* what went before is what is true of it, and so is its reason */
        return;
    free(c->reason);
    c->reason = xstrdup(result->reason);
}

static void on_ended(void *data, const struct slot_result *result)
{
    struct runner *r = data;
    uint32_t i = case_of(r, result->task);
    struct case_run *c = &r->cases.items[i];
    fixtures_note_end(&r->fixtures, i, result->verdict, result->kept);
    note_verdict(c, result);
    const struct case_plan *plan = plan_of(r, i);
    if (will_retry(r, result->task, result->verdict))
        case_runs_wait(&r->cases, i,
                       clock_mono() + limits_retry_delay(&plan->limits, plan->id, c->attempts, r->o->seed));
    else if (goes_round(r, i))
        case_runs_move(&r->cases, i, CASE_QUEUED);
    else
        end_by_verdict(r, i);
}

/* While the last ones of a plugin run, the host of the plugin whose turn is next loads. */
static void prepare_next_host(struct runner *r, uint32_t plugin)
{
    uint32_t next;
    if (!schedule_peek(r->o->schedule, &next) || plan_of(r, next)->skip_reason)
        return;
    uint32_t wanted = runner_plugin_of(r, next);
    if (wanted != plugin)
        hosts_prepare(r->o->hosts, wanted);
}

static void begin_case(struct runner *r, uint32_t i)
{
    struct case_run *c = &r->cases.items[i];
    case_runs_move(&r->cases, i, CASE_RUNNING);
    c->next = NEXT_UNDECIDED;
    c->attempts++;
    fixtures_note_begin(&r->fixtures, i);
    prepare_next_host(r, runner_plugin_of(r, i));
}

/* Of its next attempt. */
static struct slot_task task_of(const struct runner *r, uint32_t i)
{
    const struct case_plan *plan = plan_of(r, i);
    const struct scenario_info *s = &r->o->catalogue->scenarios[plan->scenario];
    const struct case_run *c = &r->cases.items[i];
    return (struct slot_task){.case_id = plan->id,
                              .setup_error = c->setup_error,
                              .plugin = s->plugin,
                              .scenario = s->index,
                              .attempt = c->attempts + 1,
                              .limits = plan->limits,
                              .values = plan->values,
                              .n_values = plan->values ? s->params.n : 0,
                              .item = plan};
}

/* Whether its fixtures let it begin. One that can't have them begins too: to end as an error. */
static bool has_its_fixtures(struct runner *r, uint32_t i)
{
    struct case_run *c = &r->cases.items[i];
    bool again = c->attempts > c->fixtures_asked;
    const char *reason = NULL;
    c->fixtures_asked = c->attempts;
    enum fixtures_answer answer = fixtures_ask(&r->fixtures, i, again, &reason);
    free(c->setup_error);
    c->setup_error = answer == FIXTURES_LACKING ? xstrdup(reason) : NULL;
    return answer != FIXTURES_WAIT;
}

/* False when there is none to start now. */
static bool take_next(struct runner *r, uint32_t *ret_case)
{
    uint32_t i;
    while (case_runs_choose(&r->cases, &i)) {
        const struct case_plan *plan = plan_of(r, i);
        if (plan->skip_reason) {
            end_case(r, i, VERDICT_SKIPPED, plan->skip_reason);
        } else if (has_its_fixtures(r, i)) {
            *ret_case = i;
            return true;
        } else {
            case_runs_move(&r->cases, i, CASE_BLOCKED);
        }
    }
    return false;
}

/* Only where cases claim nothing: one that gives way before its end must not give away a lock. A case of another plugin
 * stays where it is: its turn comes when the slot is free. So does one with fixtures, which can go before it begins. */
static bool next(void *data, uint32_t plugin, const struct slot_task *current, struct slot_task *ret_task)
{
    struct runner *r = data;
    uint32_t now = case_of(r, current), i;
    if (r->halted || r->o->max_fail > 0 || r->cases.in[CASE_WAITING] > 0 || !r->plain)
        return false;
    autofree char *missing = hosts_missing(r->o->hosts, plugin);
    if (missing) /* what is left of it begins in fill_slots(), to end as an error */
        return false;
    if (r->cases.items[now].state != CASE_LEAVING) /* one that was given back was asked for before */
        case_runs_move(&r->cases, now, CASE_LEAVING);
    if (!schedule_peek(r->o->schedule, &i) || plan_of(r, i)->skip_reason || runner_plugin_of(r, i) != plugin ||
        fixtures_uses_shared(&r->fixtures, i) || !case_runs_choose(&r->cases, &i))
        return false;
    *ret_task = task_of(r, i);
    return true;
}

static void begun(void *data, const struct slot_task *task)
{
    begin_case(data, case_of(data, task));
}

static void returned(void *data, const struct slot_task *task)
{
    struct runner *r = data;
    uint32_t i = case_of(r, task);
    case_runs_move(&r->cases, i, CASE_QUEUED);
    if (r->halted && case_is_between_attempts(&r->cases.items[i]))
        end_case(r, i, r->cases.items[i].verdict, r->cases.items[i].reason);
}

static void add_evidence(void *data, const struct slot_task *task)
{
    struct runner *r = data;
    fixtures_tell_output(&r->fixtures, case_of(r, task), task->attempt);
}

static void add_to_order(void *data, const struct slot_task *task, struct arena *arena, struct msg_attempt *order)
{
    const struct runner *r = data;
    fixtures_order(&r->fixtures, case_of(r, task), arena, order);
}

static void describe_order(void *data, const struct slot_task *task, struct buf *out)
{
    const struct runner *r = data;
    fixtures_describe_order(&r->fixtures, case_of(r, task), out);
}

static bool part(void *data, const struct slot_task *task, uint32_t n, struct slot_part *ret_part)
{
    const struct runner *r = data;
    return fixtures_local(&r->fixtures, case_of(r, task), n, ret_part);
}

static bool losing(void *data, const struct slot_task *task)
{
    struct runner *r = data;
    return fixtures_losing(&r->fixtures, case_of(r, task));
}

static char *lost(void *data, const struct slot_task *task, int64_t since_ns)
{
    struct runner *r = data;
    return fixtures_lost(&r->fixtures, case_of(r, task), since_ns);
}

const struct slot_owner case_owner = {
    .evidence = add_evidence,
    .first_phase = PHASE_BODY,
    .may_stand_still = true,
    .ended = on_ended,
    .will_retry = will_retry,
    .next = next,
    .begun = begun,
    .returned = returned,
    .order = add_to_order,
    .describe_order = describe_order,
    .part = part,
    .losing = losing,
    .lost = lost,
};

/* A plugin that has to be loaded for the attempt, and whose file is not there any more. */
static void note_missing_plugin(struct runner *r, uint32_t i)
{
    struct case_run *c = &r->cases.items[i];
    char *why = c->setup_error ? NULL : hosts_missing(r->o->hosts, runner_plugin_of(r, i));
    if (why)
        c->setup_error = why;
}

static void fill_slots(struct runner *r)
{
    uint32_t i;
    if (r->cases.in[CASE_WAITING] > 0)
        case_runs_wake(&r->cases, clock_mono());
    for (unsigned k = 0; k < r->n_slots && !r->halted; k++) {
        struct slot *slot = r->shared.slots[k]; /* the lowest free number first: ports follow it */
        if (!slot_task(slot) && take_next(r, &i)) {
            note_missing_plugin(r, i);
            const struct slot_task task = task_of(r, i);
            begin_case(r, i);
            slot_start(slot, &task);
        }
    }
}

/* Fixtures that are started or have failed let cases go on, which ask for others. */
void runner_begin_what_can(struct runner *r)
{
    fill_slots(r);
    while (fixtures_step(&r->fixtures)) {
        case_runs_unblock(&r->cases);
        fill_slots(r);
    }
}

void runner_halt(struct runner *r)
{
    if (r->halted)
        return;
    r->halted = true;
    for (uint32_t i = 0; i < r->cases.n; i++) {
        const struct case_run *c = &r->cases.items[i];
        if (case_is_between_attempts(c))
            end_case(r, i, c->verdict, c->reason);
    }
    fixtures_halt(&r->fixtures);
}
