/* SPDX-License-Identifier: Apache-2.0 */
/* The runner: cases to slots, retries, signals. */
#include "exec/runner.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "exec/attention.h"
#include "exec/fixtures.h"
#include "exec/slot.h"
#include "exec/workspace.h"
#include "record/ledger.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* What is known of a case while it is on its way. */
struct case_state {
    uint32_t attempts; /* begun */
    bool released;     /* its place in the schedule was given to the one ordered ahead of its end */
    bool bad_before;   /* an attempt failed */
    int64_t total_ns;
    int64_t not_before_ns; /* of the next attempt */
    uint32_t decided;      /* the attempt for which `retry` says whether another one follows */
    bool retry;
    bool between;         /* it passed, and is queued for another round */
    bool parked;          /* it waits, or has waited, for fixtures before this attempt */
    char *lacks;          /* why its fixtures can't be had; of the attempt that runs */
    char *reason;         /* of the last attempt, while it waits for the next */
    enum verdict verdict; /* the same */
};

struct runner {
    const struct runner_options *o;
    struct workspace workspace;
    struct ledger ledger;
    struct slot_shared shared;
    struct source signals;
    struct attention attention;
    struct case_state *cases;
    uint32_t *plugin_left; /* cases of each plugin that have not ended */
    uint32_t *waiting;     /* cases that wait for their next attempt */
    size_t n_waiting, cap_waiting;
    uint32_t *parked; /* cases that wait for fixtures */
    size_t n_parked, cap_parked;
    struct fixtures fixtures;
    unsigned n_slots; /* of attempts; those of fixtures stand behind them */
    bool plain;       /* no case claims anything */
    size_t running, ended;
    uint64_t retries; /* granted */
    int interrupts;   /* signals received */
    struct {          /* the last one */
        uint32_t signo, sender;
        int64_t at_ns;
    } interrupt;
    bool halted;   /* no attempt begins any more */
    char *failure; /* why it can't go on */
    struct runner_result result;
};

static void emit(struct runner *r, struct event *event)
{
    event->t_ns = clock_mono() - r->o->epoch_ns;
    r->o->sink.event(r->o->sink.data, event);
}

static const struct case_plan *plan_of(const struct runner *r, size_t i)
{
    return &r->o->selection->cases[i];
}

static uint32_t plugin_of(const struct runner *r, size_t i)
{
    return r->o->catalogue->scenarios[plan_of(r, i)->scenario].plugin;
}

static bool is_failed_out(const struct runner *r)
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
    if (--r->plugin_left[plugin_of(r, i)] == 0)
        hosts_retire(r->o->hosts, plugin_of(r, i));
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
static bool will_retry(void *data, void *owner_data, enum verdict verdict)
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

static void on_slot_ended(struct slot *slot, const struct slot_result *result, void *data)
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
    bool retry = will_retry(r, result->task->owner_data, result->verdict);
    enum verdict verdict = result->verdict == VERDICT_PASSED && c->bad_before ? VERDICT_FLAKY : result->verdict;
    c->bad_before = c->bad_before || verdict_is_bad(result->verdict);
    if (!retry && goes_round(r, i, verdict)) {
        c->between = true;
        schedule_last(r->o->schedule, (uint32_t)i);
        return;
    }
    if (!retry) {
        end_by_verdict(r, i, verdict, buf_str(&slot->reason));
        return;
    }
    const struct case_plan *plan = plan_of(r, i);
    c->verdict = verdict;
    c->reason = xstrdup(buf_str(&slot->reason));
    c->not_before_ns = clock_mono() + limits_retry_delay(&plan->limits, plan->id, c->attempts, r->o->seed);
    GROW(r->waiting, r->n_waiting, r->cap_waiting);
    r->waiting[r->n_waiting++] = (uint32_t)i;
}

static struct slot_task begin_case(struct runner *r, size_t i)
{
    const struct case_plan *plan = plan_of(r, i);
    const struct scenario_info *s = &r->o->catalogue->scenarios[plan->scenario];
    const struct slot_task task = {.case_id = plan->id,
                                   .lacks = r->cases[i].lacks,
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
static bool next_ahead(void *data, uint32_t plugin, const struct slot_task *current, struct slot_task *ret_task)
{
    struct runner *r = data;
    uint32_t now = (uint32_t)case_index(r, current->owner_data), i;
    if (r->halted || r->o->max_fail > 0 || r->n_waiting > 0 || !r->plain)
        return false;
    schedule_ended(r->o->schedule, now);
    r->cases[now].released = true;
    if (!schedule_next(r->o->schedule, &i))
        return false;
    if (plan_of(r, i)->skip_reason || plugin_of(r, i) != plugin || fixtures_uses_shared(&r->fixtures, i)) {
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
static void begin_what_can(struct runner *r)
{
    fill_slots(r);
    while (fixtures_step(&r->fixtures)) {
        unpark(r);
        fill_slots(r);
    }
}

/* No attempt begins any more. A case between two of them ends as its last one did. */
static void halt(struct runner *r)
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

static void interrupt(struct runner *r, bool hurry)
{
    for (unsigned k = 0; k < r->n_slots; k++)
        slot_interrupt(&r->shared.slots[k], hurry);
    fixtures_interrupt(&r->fixtures, hurry);
}

/* timeout(1) and others signal their child, and then its process group, which it is in: that is no second ^C. What a
 * terminal sends has no sender. */
static bool is_echo(struct runner *r, const struct signalfd_siginfo *info)
{
    int64_t now = clock_mono();
    bool echo = info->ssi_pid != 0 && info->ssi_pid == r->interrupt.sender && info->ssi_signo == r->interrupt.signo &&
                now < r->interrupt.at_ns + NS_PER_S;
    if (!echo) {
        r->interrupt.signo = info->ssi_signo;
        r->interrupt.sender = info->ssi_pid;
        r->interrupt.at_ns = now;
    }
    return echo;
}

static void on_signal(struct source *source, uint32_t events)
{
    struct runner *r = source->data;
    (void)events;
    struct signalfd_siginfo info;
    if (read(source->fd, &info, sizeof info) != sizeof info)
        return;
    if (attention_signal(&r->attention, (int)info.ssi_signo) || is_echo(r, &info))
        return;
    r->interrupts++;
    r->result.interrupted = true;
    halt(r);
    interrupt(r, r->interrupts > 1 || r->result.out_of_time);
}

static void end_in_time(struct runner *r, int64_t now)
{
    if (now < r->o->stop_at_ns || r->result.out_of_time)
        return;
    r->result.out_of_time = true;
    halt(r);
    interrupt(r, false);
}

static int64_t next_deadline(const struct runner *r)
{
    int64_t next = r->o->next_flush(r->o->flush_data);
    if (!r->result.out_of_time && r->o->stop_at_ns < next)
        next = r->o->stop_at_ns;
    for (unsigned k = 0; k < r->shared.n_slots; k++) {
        int64_t d = slot_deadline(&r->shared.slots[k]);
        next = d < next ? d : next;
    }
    for (size_t k = 0; k < r->n_waiting; k++) {
        int64_t d = r->cases[r->waiting[k]].not_before_ns;
        next = d < next ? d : next;
    }
    return next;
}

static bool is_done(const struct runner *r)
{
    if (r->running > 0 || !fixtures_are_idle(&r->fixtures))
        return false;
    return r->halted || (r->n_waiting == 0 && r->n_parked == 0 && schedule_is_empty(r->o->schedule));
}

/* Stops as a signal would, when the runner can't go on. */
static void give_up(struct runner *r, const struct err *err)
{
    r->shared.failure = r->failure = xasprintf("the runner failed: %s", err_text(err));
    halt(r);
    interrupt(r, true);
}

static int run_loop(struct runner *r, struct err *err)
{
    int first_error = 0;
    for (;;) {
        if (is_failed_out(r))
            halt(r);
        begin_what_can(r);
        int e = r->o->flush(r->o->flush_data, first_error ? NULL : err);
        if (e == 0 && r->o->hosts->zygote_gone && first_error == 0)
            e = err_set(err, -EPIPE, "muster-host, which makes the processes of scenarios, ended");
        if (e < 0 && first_error == 0) {
            first_error = e;
            give_up(r, err);
        }
        if (is_done(r))
            return first_error;
        loop_wait(r->o->loop, next_deadline(r));
        int64_t now = clock_mono();
        end_in_time(r, now);
        for (unsigned k = 0; k < r->shared.n_slots; k++)
            slot_tick(&r->shared.slots[k], now);
    }
}

static unsigned slots_needed(const struct runner_options *o)
{
    size_t n = o->selection->n_cases;
    return n < o->jobs ? (unsigned)(n ? n : 1) : o->jobs;
}

/* Before it is made: a killed runner's can be found by `muster cleanup`. */
static int note_what_is_outside(const struct runner *r, struct err *err)
{
    const char *groups[RESOURCES_PATHS_MAX];
    const struct custody_facts facts = {.run_id = r->o->run_id,
                                        .pid = getpid(),
                                        .temp = r->workspace.temp_base,
                                        .cgroup = r->o->containment->base_path,
                                        .groups = groups,
                                        .n_groups = resources_paths(r->o->resources, groups),
                                        .target = r->o->target,
                                        .n_target = r->o->n_target};
    return custody_note(r->o->custody, &facts, err);
}

/* Those of fixtures begin behind all that -j could have made. */
static uint32_t slot_number(const struct runner *r, unsigned k)
{
    return k < r->n_slots ? k : r->o->jobs + (k - r->n_slots);
}

static int open_runner(struct runner *r, struct err *err)
{
    const struct runner_options *o = r->o;
    workspace_choose(&r->workspace, o->run_dir, o->run_path);
    int e = note_what_is_outside(r, err);
    if (e == 0)
        e = workspace_open(&r->workspace, err);
    if (e < 0)
        return e;
    r->cases = xcalloc(o->selection->n_cases, sizeof *r->cases);
    r->plugin_left = xcalloc(o->catalogue->n_plugins, sizeof *r->plugin_left);
    for (size_t i = 0; i < o->selection->n_cases; i++)
        r->plugin_left[plugin_of(r, i)]++;
    for (size_t k = 0; k < o->fixtures->n_instances; k++) { /* whose hosts are wanted to the end */
        const struct fixture_info *f = &o->catalogue->fixtures[o->fixtures->instances[k].fixture];
        r->plugin_left[f->plugin] += f->scope != SCOPE_ATTEMPT;
    }
    for (uint32_t p = 0; p < o->catalogue->n_plugins; p++)
        if (r->plugin_left[p] == 0)
            hosts_retire(o->hosts, p);
    r->n_slots = slots_needed(o);
    r->shared = (struct slot_shared){.loop = o->loop,
                                     .hosts = o->hosts,
                                     .catalogue = o->catalogue,
                                     .containment = o->containment,
                                     .workspace = &r->workspace,
                                     .ledger = &r->ledger,
                                     .sink = o->sink,
                                     .epoch_ns = o->epoch_ns,
                                     .grace_ns = o->grace_ns,
                                     .cleanup_ns = o->cleanup_ns,
                                     .output_cap = o->output_cap,
                                     .keep_output = o->keep_output,
                                     .leaks = o->leaks,
                                     .resources = o->resources,
                                     .keep = o->keep,
                                     .no_capture = o->no_capture,
                                     .pause_on_failure = o->pause_on_failure,
                                     .debugger = o->debugger,
                                     .news = o->news,
                                     .news_data = o->news_data,
                                     .will_retry = will_retry,
                                     .next_ahead = next_ahead,
                                     .fixtures = o->fixtures->cases ? &r->fixtures : NULL,
                                     .n_slots = r->n_slots + (unsigned)o->fixtures->n_shared,
                                     .own_children = {o->zygote->pid, o->bundle_pid}};
    r->plain = schedule_is_plain(o->schedule);
    r->shared.slots = xcalloc(r->shared.n_slots, sizeof *r->shared.slots);
    for (unsigned k = 0; k < r->shared.n_slots; k++) {
        slot_init(&r->shared.slots[k], &r->shared, slot_number(r, k));
        r->shared.slots[k].ended = on_slot_ended;
        r->shared.slots[k].ended_data = r;
    }
    const struct fixtures_options fixtures = {.shared = &r->shared,
                                              .plan = o->fixtures,
                                              .selection = o->selection,
                                              .first_slot = r->n_slots,
                                              .at_once = o->jobs,
                                              .setup_ns = o->fixture_ns,
                                              .teardown_ns = o->fixture_ns};
    fixtures_open(&r->fixtures, &fixtures);
    attention_open(&r->attention, &r->shared, o->keys);
    loop_add(o->loop, &r->signals, dup(o->signals), EPOLLIN, on_signal, r);
    return 0;
}

/* Idle nannies end when their sockets close; their cgroups can be removed after that. */
static void wait_for_nannies(struct runner *r)
{
    int64_t until = clock_mono() + 2 * NS_PER_S;
    for (unsigned k = 0; k < r->shared.n_slots; k++)
        slot_dismiss(&r->shared.slots[k]);
    for (unsigned k = 0; k < r->shared.n_slots; k++)
        while (slot_has_nanny(&r->shared.slots[k]) && clock_mono() < until)
            loop_wait(r->o->loop, until);
}

static void free_case(struct case_state *c)
{
    free(c->reason);
    free(c->lacks);
}

static void close_runner(struct runner *r)
{
    wait_for_nannies(r);
    attention_close(&r->attention);
    fixtures_close(&r->fixtures);
    for (unsigned k = 0; k < r->shared.n_slots; k++)
        slot_free(&r->shared.slots[k]);
    loop_remove(r->o->loop, &r->signals);
    free(r->shared.slots);
    for (size_t i = 0; r->cases && i < r->o->selection->n_cases; i++)
        free_case(&r->cases[i]);
    free(r->cases);
    free(r->parked);
    free(r->plugin_left);
    free(r->waiting);
    free(r->failure);
    ledger_close(&r->ledger);
    workspace_close(&r->workspace);
}

int runner_run(const struct runner_options *options, struct runner_result *ret_result, struct err *err)
{
    struct runner r = {.o = options, .signals = SOURCE_INIT, .ledger = LEDGER_INIT(options->run_dir)};
    int e = open_runner(&r, err);
    if (e == 0)
        e = run_loop(&r, err);
    r.result.not_run = options->selection->n_cases - r.ended;
    r.result.failed_out = is_failed_out(&r) && r.result.not_run > 0;
    r.result.cleanups_failed = r.shared.cleanups_failed + r.fixtures.failed_teardowns;
    r.result.cleanups_kept = r.shared.cleanups_kept;
    r.result.outstanding = r.ledger.outstanding;
    *ret_result = r.result;
    close_runner(&r);
    return e;
}
