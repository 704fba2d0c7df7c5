/* SPDX-License-Identifier: Apache-2.0 */
/* Which fixture starts and stops when, and who waits for it. */
#include "exec/fixture_set.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "exec/fixture_life.h"
#include "exec/fixture_slot.h"
#include "exec/fixture_window.h"

#include <stdlib.h>

bool fixtures_uses_shared(const struct fixtures *f, size_t i)
{
    const struct case_fixtures *needs = fixtures_needs(f, i);
    return needs && needs->n_shared > 0;
}

/* Whether a start may be tried at all. */
static bool may_start(struct fixture_run *it)
{
    if (it->starts < FIXTURE_STARTS_MAX)
        return true;
    if (!it->failure)
        fixture_set_text(&it->failure, xasprintf("%s %s died %u times, and is not started again: %s", fixture_kind(it),
                                                 it->plan->label, it->starts, it->death ? it->death : ""));
    return false;
}

static enum fixtures_answer ask(struct fixture_run *it, const char *case_id, bool again)
{
    if (it->failure && !again) /* also while its process is wound up */
        return FIXTURES_LACKING;
    fixture_look(it); /* its last user may have ended before it could say that it died under him */
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
    fixture_set_text(&it->failure, NULL);
    it->asked_by = case_id;
    it->state = FIXTURE_WANTED;
    return FIXTURES_WAIT;
}

enum fixtures_answer fixtures_ask(struct fixtures *f, size_t i, bool again, const char **ret_reason)
{
    const struct case_fixtures *needs = fixtures_needs(f, i);
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
    const struct case_fixtures *needs = fixtures_needs(f, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++)
        f->items[needs->shared[k]].users++;
    fixture_windows_open(f, i);
}

static void note_kept(struct fixtures *f, size_t i)
{
    const struct case_fixtures *needs = fixtures_needs(f, i);
    if (!needs || needs->n_shared == 0)
        return;
    GROW(f->kept_cases, f->n_kept_cases, f->cap_kept_cases);
    f->kept_cases[f->n_kept_cases++] = (uint32_t)i;
    for (uint32_t k = 0; k < needs->n_shared; k++)
        f->items[needs->shared[k]].holds = true;
}

void fixtures_note_end(struct fixtures *f, size_t i, enum verdict verdict, uint64_t kept)
{
    const struct case_fixtures *needs = fixtures_needs(f, i);
    fixture_windows_close(f, i);
    if (kept > 0)
        note_kept(f, i);
    bool keep = f->shared->keep == KEEP_BAD && verdict_is_bad(verdict);
    for (uint32_t k = 0; needs && keep && k < needs->n_shared; k++)
        f->items[needs->shared[k]].keep = true;
}

void fixtures_note_last(struct fixtures *f, size_t i)
{
    const struct case_fixtures *needs = fixtures_needs(f, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++)
        f->items[needs->shared[k]].left--;
}

/* ---- what is due ------------------------------------------------------------------------------------------------ */

static bool is_needed(const struct fixture_run *it)
{
    const struct fixtures *f = it->fixtures;
    if (!f->halted)
        return it->left > 0;
    for (unsigned k = 0; k < f->first_slot; k++)
        if (fixture_is_used_in(it, f->shared->slots[k]))
            return true;
    return false;
}

/* Nothing that uses it has a process. */
static bool is_free(const struct fixture_run *it)
{
    const struct fixtures *f = it->fixtures;
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].plan && f->items[k].state > FIXTURE_WANTED && fixture_uses(&f->items[k], it))
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
            fixture_set_text(&it->failure,
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
        fixture_start(it);
    }
}

static void step(struct fixture_run *it)
{
    if (it->state == FIXTURE_IDLE && it->wanted_again) {
        it->wanted_again = false;
        if (may_start(it)) {
            fixture_set_text(&it->failure, NULL);
            it->state = FIXTURE_WANTED;
        }
    }
    if (it->state == FIXTURE_WANTED)
        step_wanted(it);
    else if (it->state == FIXTURE_READY && !is_needed(it) && is_free(it) && !fixture_stays(it))
        fixture_stop(it);
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

/* Also one that is used by one that stays. */
static bool is_to_stay(const struct fixture_run *it)
{
    return it->state == FIXTURE_READY && !is_needed(it) && (fixture_stays(it) || !is_free(it));
}

bool fixtures_are_idle(const struct fixtures *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].state != FIXTURE_IDLE && !is_to_stay(&f->items[k]))
            return false;
    return true;
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

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
                                       .left = plan->n_cases,
                                       .files = -1};
}

void fixtures_open(struct fixtures *f, const struct fixtures_options *o)
{
    *f = (struct fixtures){.shared = o->shared,
                           .plan = o->plan,
                           .selection = o->selection,
                           .first_slot = o->first_slot,
                           .at_once = o->at_once,
                           .setup_ns = o->setup_ns,
                           .teardown_ns = o->teardown_ns,
                           .timeout_factor = o->timeout_factor};
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
        fixture_forget_words(it);
        if (it->plan)
            close_fd(it->files);
        free(it->pairs);
        free(it->watches);
        free(it->id);
        free(it->failure);
        free(it->death);
        free(it->trouble);
    }
    free(f->items);
    free(f->kept_cases);
    for (size_t k = 0; k < f->n_windows; k++)
        fixture_files_free(&f->windows[k].files);
    free(f->windows);
    *f = (struct fixtures){0};
}
