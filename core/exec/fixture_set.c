/* SPDX-License-Identifier: Apache-2.0 */
/* Which fixture starts and stops when, and who waits for it. */
#include "exec/fixture_set.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "ipc/sock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t ready_default_ns = 30 * NS_PER_S;
static const int64_t ready_slack_ns = NS_PER_S; /* its process keeps the limit itself, and says more of it */

static int64_t or_default(uint32_t ms, int64_t by_default)
{
    return ms ? ms * NS_PER_MS : by_default;
}

int64_t fixture_ready_limit(const struct fixture_run *it)
{
    return or_default(it->info->ready_timeout_ms, ready_default_ns);
}

static int64_t teardown_limit(const struct fixture_run *it)
{
    return or_default(it->info->teardown_timeout_ms, it->fixtures->teardown_ns);
}

static int64_t from_now(int64_t ns)
{
    return ns == NEVER ? NEVER : clock_mono() + ns;
}

const char *fixture_kind(const struct fixture_run *it)
{
    return it->info->scope == SCOPE_RUN ? "service" : "fixture";
}

static void set_text(char **text, char *value)
{
    free(*text);
    *text = value;
}

/* What its last process has said of itself. */
static void forget_words(struct fixture_run *it)
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

/* ---- what it is asked and told ------------------------------------------------------------------------------------
 */

static const struct case_fixtures *needs_of(const struct fixtures *f, size_t i)
{
    return f->n > 0 ? fixtures_of(f->plan, i) : NULL;
}

bool fixtures_uses_shared(const struct fixtures *f, size_t i)
{
    const struct case_fixtures *needs = needs_of(f, i);
    return needs && needs->n_shared > 0;
}

/* Whether a start may be tried at all. */
static bool may_start(struct fixture_run *it)
{
    if (it->starts < FIXTURE_STARTS_MAX)
        return true;
    if (!it->failure)
        set_text(&it->failure, xasprintf("%s %s died %u times, and is not started again: %s", fixture_kind(it),
                                         it->plan->label, it->starts, it->death ? it->death : ""));
    return false;
}

static enum fixtures_answer ask(struct fixture_run *it, const char *case_id, bool again)
{
    if (it->failure && !again) /* also while its process is wound up */
        return FIXTURES_LACKING;
    switch (it->state) {
    case FIXTURE_READY:
        return FIXTURES_READY;
    case FIXTURE_WANTED:
    case FIXTURE_STARTING:
        return FIXTURES_WAIT;
    case FIXTURE_STOPPING:
    case FIXTURE_DYING:
        it->wanted_again = true;
        return FIXTURES_WAIT;
    case FIXTURE_IDLE:
        break;
    }
    if (!may_start(it))
        return FIXTURES_LACKING;
    set_text(&it->failure, NULL);
    it->asked_by = case_id;
    it->state = FIXTURE_WANTED;
    return FIXTURES_WAIT;
}

enum fixtures_answer fixtures_ask(struct fixtures *f, size_t i, bool again, const char **ret_reason)
{
    const struct case_fixtures *needs = needs_of(f, i);
    enum fixtures_answer all = FIXTURES_READY;
    for (uint32_t k = 0; needs && !again && k < needs->n_shared; k++) { /* before anything is started for it */
        *ret_reason = f->items[needs->shared[k]].failure;
        if (*ret_reason)
            return FIXTURES_LACKING;
    }
    for (uint32_t k = 0; needs && k < needs->n_shared; k++) {
        struct fixture_run *it = &f->items[needs->shared[k]];
        enum fixtures_answer one = ask(it, f->selection->cases[i].id, again);
        if (one == FIXTURES_LACKING) {
            *ret_reason = it->failure;
            return one;
        }
        all = one == FIXTURES_WAIT ? one : all;
    }
    return all;
}

void fixtures_note_begin(struct fixtures *f, size_t i)
{
    const struct case_fixtures *needs = needs_of(f, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++)
        f->items[needs->shared[k]].users++;
}

void fixtures_note_end(struct fixtures *f, size_t i, enum verdict verdict)
{
    const struct case_fixtures *needs = needs_of(f, i);
    bool keep = f->shared->keep == KEEP_BAD && verdict_is_bad(verdict);
    for (uint32_t k = 0; needs && keep && k < needs->n_shared; k++)
        f->items[needs->shared[k]].keep = true;
}

void fixtures_note_last(struct fixtures *f, size_t i)
{
    const struct case_fixtures *needs = needs_of(f, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++)
        f->items[needs->shared[k]].left--;
}

/* ---- its life -------------------------------------------------------------------------------------------------------
 */

static void emit(struct fixture_run *it, struct event *event)
{
    event->t_ns = clock_mono() - it->fixtures->shared->epoch_ns;
    it->fixtures->shared->sink.event(it->fixtures->shared->sink.data, event);
}

static void start(struct fixture_run *it)
{
    const struct catalogue *c = it->fixtures->shared->catalogue;
    const struct slot_task task = {
        .case_id = it->id,
        .plugin = it->info->plugin,
        .attempt = ++it->starts,
        .limits = {.setup_ns = or_default(it->info->setup_timeout_ms, it->fixtures->setup_ns),
                   .body_ns = fixture_ready_limit(it) + ready_slack_ns,
                   .teardown_ns = teardown_limit(it)},
    };
    it->state = FIXTURE_STARTING;
    it->keep = it->wanted_again = false;
    it->users = 0;
    it->started_ns = clock_mono();
    forget_words(it);
    struct event e = {.type = EVENT_FIXTURE_STARTED,
                      .fixture_started = {it->plan->label, it->starts, fixture_scope_name(it->info->scope),
                                          c->plugins[it->info->plugin].name, it->asked_by ? it->asked_by : "",
                                          slot_number(it->slot)}};
    emit(it, &e);
    slot_start(it->slot, &task);
}

static void stop(struct fixture_run *it)
{
    bool keep = it->fixtures->shared->keep == KEEP_ALL || it->keep;
    int64_t limit = teardown_limit(it);
    it->state = FIXTURE_STOPPING;
    /* It may be looking whether it is well, and hang in that. */
    slot_set_stage(it->slot,
                   &(struct slot_stage){.phase = PHASE_TEARDOWN, .budget_ns = limit, .limit_ns = from_now(limit)});
    slot_ask_to_stop(it->slot, keep);
}

void fixture_is_ready(struct fixture_run *it)
{
    bool first = it->state == FIXTURE_STARTING;
    if (!first && it->state != FIXTURE_READY)
        return;
    int64_t limit = fixture_ready_limit(it), interval = it->info->health_interval_ms * NS_PER_MS;
    slot_set_stage(it->slot, &(struct slot_stage){.phase = PHASE_BODY,
                                                  .part = "service",
                                                  .late_part = "its health check", /* only that has a deadline */
                                                  .budget_ns = limit,
                                                  .limit_ns = interval ? from_now(interval + limit) : NEVER});
    if (!first)
        return;
    it->state = FIXTURE_READY;
    it->fixtures->changed = true;
    struct arena arena = {0};
    const char **keys = arena_alloc(&arena, (it->n_pairs + 1) * sizeof *keys);
    for (size_t i = 0; i < it->n_pairs; i++)
        keys[i] = it->pairs[i].key;
    struct event e = {
        .type = EVENT_FIXTURE_READY,
        .fixture_ready = {it->plan->label, it->starts, clock_mono() - it->started_ns, {keys, it->n_pairs}}};
    emit(it, &e);
    arena_free(&arena);
}

void fixture_has_failed(struct fixture_run *it, const struct slot_judgement *j)
{
    const char *reason = *j->reason ? j->reason : "it ended before it was ready";
    struct arena arena = {0};
    const struct string_list output = fixture_output(it, &arena);
    struct event e = {.type = EVENT_FIXTURE_FAILED,
                      .fixture_failed = {it->plan->label, it->starts, reason, j->file, j->line,
                                         clock_mono() - it->started_ns, output}};
    emit(it, &e);
    autobuf struct buf text = {0};
    buf_addf(&text, "%s %s: set-up failed: ", fixture_kind(it), it->plan->label);
    if (*j->file)
        buf_addf(&text, "%s:%u: ", j->file, j->line);
    buf_adds(&text, reason);
    if (output.n > 0)
        buf_addf(&text, " (its last words: %s)", output.items[output.n - 1]);
    set_text(&it->failure, buf_steal(&text));
    it->state = FIXTURE_DYING; /* until its slot is free */
    it->fixtures->changed = true;
    arena_free(&arena);
}

static bool uses(const struct fixture_run *user, const struct fixture_run *it)
{
    uint32_t number = (uint32_t)(it - it->fixtures->items);
    for (uint32_t k = 0; k < user->plan->n_uses; k++)
        if (user->plan->uses[k].instance == number)
            return true;
    return false;
}

static bool case_uses(const struct fixtures *f, size_t i, const struct fixture_run *it)
{
    const struct case_fixtures *needs = needs_of(f, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++)
        if (&f->items[needs->shared[k]] == it)
            return true;
    return false;
}

static bool slot_uses(const struct fixture_run *it, const struct slot *s)
{
    const struct slot_task *task = slot_task(s);
    const struct case_plan *plan = task ? task->item : NULL;
    return plan && case_uses(it->fixtures, (size_t)(plan - it->fixtures->selection->cases), it);
}

void fixture_has_died(struct fixture_run *it, const char *reason)
{
    struct fixtures *f = it->fixtures;
    if (it->state != FIXTURE_READY)
        return;
    it->state = FIXTURE_DYING;
    it->died_ns = clock_mono();
    struct arena arena = {0};
    struct event e = {.type = EVENT_FIXTURE_DIED,
                      .fixture_died = {it->plan->label, it->starts, reason, fixture_output(it, &arena)}};
    emit(it, &e);
    arena_free(&arena);
    set_text(&it->death, xstrdup(reason));
    autofree char *text = xasprintf("%s %s died: %s", fixture_kind(it), it->plan->label, reason);
    for (size_t k = 0; k < f->n; k++) {
        struct fixture_run *user = &f->items[k];
        if (!user->plan || !uses(user, it))
            continue;
        if (user->state == FIXTURE_READY)
            fixture_has_died(user, text);
        slot_lose(user->slot, text);
    }
    for (unsigned k = 0; k < f->first_slot; k++)
        if (slot_uses(it, f->shared->slots[k]))
            slot_lose(f->shared->slots[k], text);
}

void fixture_has_ended(struct fixture_run *it)
{
    it->state = FIXTURE_IDLE;
    it->fixtures->changed = true;
    struct event e = {.type = EVENT_FIXTURE_ENDED,
                      .fixture_ended = {.fixture = it->plan->label,
                                        .start = it->starts,
                                        .reason = it->trouble ? it->trouble : "",
                                        .duration_ns = clock_mono() - it->started_ns,
                                        .users = (int64_t)it->users,
                                        .stdout_bytes = (int64_t)it->stdout_bytes,
                                        .stderr_bytes = (int64_t)it->stderr_bytes}};
    emit(it, &e);
    forget_words(it);
    slot_dismiss(it->slot); /* its monitor holds a cgroup and descriptors */
    it->fixtures->failed_teardowns += it->trouble != NULL;
    set_text(&it->trouble, NULL);
}

/* ---- what is due
 * ------------------------------------------------------------------------------------------------------ */

static bool is_needed(const struct fixture_run *it)
{
    const struct fixtures *f = it->fixtures;
    if (!f->halted)
        return it->left > 0;
    for (unsigned k = 0; k < f->first_slot; k++)
        if (slot_uses(it, f->shared->slots[k]))
            return true;
    return false;
}

/* Nothing that uses it has a process. */
static bool is_free(const struct fixture_run *it)
{
    const struct fixtures *f = it->fixtures;
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].plan && f->items[k].state > FIXTURE_WANTED && uses(&f->items[k], it))
            return false;
    return true;
}

/* READY when all that it uses are. Those that are not there are asked for, and one that can't be had fails it. */
static enum fixtures_answer ask_used(struct fixture_run *it)
{
    enum fixtures_answer all = FIXTURES_READY;
    for (uint32_t k = 0; k < it->plan->n_uses; k++) {
        struct fixture_run *used = &it->fixtures->items[it->plan->uses[k].instance];
        enum fixtures_answer one = ask(used, it->asked_by, false);
        if (one == FIXTURES_LACKING) {
            set_text(&it->failure,
                     xasprintf("%s %s can't be set up: %s", fixture_kind(it), it->plan->label, used->failure));
            return one;
        }
        all = one == FIXTURES_WAIT ? one : all;
    }
    return all;
}

static unsigned starting(const struct fixtures *f)
{
    unsigned n = 0;
    for (size_t k = 0; k < f->n; k++)
        n += f->items[k].state == FIXTURE_STARTING;
    return n;
}

static void step_wanted(struct fixture_run *it)
{
    if (!is_needed(it)) {
        it->state = FIXTURE_IDLE;
        return;
    }
    enum fixtures_answer used = ask_used(it);
    if (used == FIXTURES_LACKING) {
        it->state = FIXTURE_IDLE;
        it->fixtures->changed = true;
    } else if (used == FIXTURES_READY && starting(it->fixtures) < it->fixtures->at_once) {
        start(it);
    }
}

static void step(struct fixture_run *it)
{
    if (it->state == FIXTURE_IDLE && it->wanted_again) {
        it->wanted_again = false;
        if (may_start(it)) {
            set_text(&it->failure, NULL);
            it->state = FIXTURE_WANTED;
        }
    }
    if (it->state == FIXTURE_WANTED)
        step_wanted(it);
    else if (it->state == FIXTURE_READY && !is_needed(it) && is_free(it))
        stop(it);
}

bool fixtures_step(struct fixtures *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].plan)
            step(&f->items[k]);
    bool changed = f->changed;
    f->changed = false;
    return changed;
}

void fixtures_halt(struct fixtures *f)
{
    f->halted = true;
}

void fixtures_interrupt(struct fixtures *f, bool hurry)
{
    for (size_t k = 0; k < f->n; k++) {
        struct fixture_run *it = &f->items[k];
        if (!it->plan || it->state <= FIXTURE_WANTED)
            continue;
        if (hurry && it->state == FIXTURE_READY)
            it->state = FIXTURE_STOPPING;
        if (hurry || it->state == FIXTURE_STARTING)
            slot_interrupt(it->slot, hurry);
    }
}

bool fixtures_are_idle(const struct fixtures *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].state != FIXTURE_IDLE)
            return false;
    return true;
}

/* ---- opening and closing
 * ------------------------------------------------------------------------------------------------ */

static void open_one(struct fixtures *f, size_t k, unsigned slot, uint32_t number)
{
    const struct fixture_instance *plan = &f->plan->instances[k];
    struct slot *s = slot_new(f->shared, number, &fixture_owner, &f->items[k]);
    f->shared->slots[slot] = s;
    f->items[k] = (struct fixture_run){.fixtures = f,
                                       .plan = plan,
                                       .info = &f->shared->catalogue->fixtures[plan->fixture],
                                       .slot = s,
                                       .id = xasprintf("fixture %s", plan->label),
                                       .left = plan->n_cases};
}

void fixtures_open(struct fixtures *f, const struct fixtures_options *o)
{
    *f = (struct fixtures){.shared = o->shared,
                           .plan = o->plan,
                           .selection = o->selection,
                           .first_slot = o->first_slot,
                           .at_once = o->at_once,
                           .setup_ns = o->setup_ns,
                           .teardown_ns = o->teardown_ns};
    if (o->plan->n_shared == 0)
        return;
    f->n = o->plan->n_instances;
    f->items = xcalloc(f->n, sizeof *f->items);
    unsigned slot = o->first_slot;
    uint32_t number = o->first_number;
    for (size_t k = 0; k < f->n; k++)
        if (f->shared->catalogue->fixtures[o->plan->instances[k].fixture].scope != SCOPE_ATTEMPT)
            open_one(f, k, slot++, number++);
}

void fixtures_close(struct fixtures *f)
{
    for (size_t k = 0; k < f->n; k++) {
        struct fixture_run *it = &f->items[k];
        forget_words(it);
        free(it->pairs);
        free(it->watches);
        free(it->id);
        free(it->failure);
        free(it->death);
        free(it->trouble);
    }
    free(f->items);
    *f = (struct fixtures){0};
}
