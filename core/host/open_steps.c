/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps extension. Steps nest on the thread that begins them: each thread with open steps has a stack of its own,
 * and the first step of a thread lies inside the innermost one that the main thread has open, or inside the one that
 * its guard names. Any thread may end a
 * step. All of it happens under the attempt's lock, so that the log tells it in the order in which it was.
 */
#include "host/open_steps.h"

#include "base/clock.h"
#include "base/mem.h"
#include "host/attempt_state.h"
#include "host/attempt_threads.h"
#include "host/thread_guard.h"

/* A thread's claim on a stack, which it loses with its last open step: another thread, or a later one, gets it then. */
static _Thread_local struct {
    struct step_stack *stack;
    uint64_t ticket;
} mine;

static struct step_stack *all, *spare; /* but the main thread's */
static uint64_t n_tickets;

/* NULL: the thread has no step open. */
static struct step_stack *own_stack(void)
{
    if (attempt_on_main_thread())
        return &attempt.steps;
    return mine.stack && mine.stack->ticket == mine.ticket ? mine.stack : NULL;
}

static struct step_stack *take_stack(void)
{
    struct step_stack *s = spare;
    if (s) {
        spare = s->next_spare;
    } else {
        s = xcalloc(1, sizeof *s);
        s->next = all;
        all = s;
    }
    s->ticket = ++n_tickets;
    mine.stack = s;
    mine.ticket = s->ticket;
    return s;
}

static void give_back(struct step_stack *s)
{
    s->ticket = 0;
    s->next_spare = spare;
    spare = s;
}

static uint32_t top_of(const struct step_stack *s)
{
    return s->n ? s->open[s->n - 1].number : 0;
}

uint32_t steps_innermost(void)
{
    const struct step_stack *s = own_stack();
    if (!s && guard_current())
        return guard_current()->parent;
    return top_of(s ? s : &attempt.steps);
}

static bool has_open(const struct step_stack *s, uint32_t step)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (s->open[i].number == step)
            return true;
    return false;
}

/* The stack in which the step is open: usually the caller's. */
static struct step_stack *find_stack(uint32_t step)
{
    struct step_stack *s = own_stack();
    if (s && has_open(s, step))
        return s;
    if (has_open(&attempt.steps, step))
        return &attempt.steps;
    for (s = all; s && !has_open(s, step);)
        s = s->next;
    return s;
}

static void fail_up_to(struct step_stack *s, uint32_t number)
{
    for (uint32_t i = 0; i < s->n && s->open[i].number <= number; i++)
        s->open[i].failed = true;
}

void steps_fail(void)
{
    struct step_stack *s = own_stack();
    uint32_t around = UINT32_MAX;
    if (s && s != &attempt.steps && s->n) {
        fail_up_to(s, UINT32_MAX);
        around = s->open[0].parent;
    } else if (guard_current()) {
        around = guard_current()->parent;
    }
    /* What a branch calls lies in the branch's own step first. */
    while ((s = find_stack(around)) && s != &attempt.steps) {
        fail_up_to(s, around);
        around = s->open[0].parent;
    }
    fail_up_to(&attempt.steps, around);
}

static uint32_t begin_locked(const char *name)
{
    const struct open_step step = {.number = ++attempt.n_steps, .parent = steps_innermost(), .began_ns = clock_mono()};
    attempt_send_locked(
        &(struct message){.type = MSG_STEP, .step = {.step = step.number, .parent = step.parent, .name = name}});
    struct step_stack *s = own_stack();
    if (!s)
        s = take_stack();
    if (s->n < STEPS_MAX_OPEN) /* deeper ones are still reported, without a time */
        s->open[s->n++] = step;
    return step.number;
}

static uint32_t steps_begin(struct muster_ctx *ctx, const char *name)
{
    (void)ctx;
    guard_pass();
    name = attempt_cut(name);
    pthread_mutex_lock(&attempt.lock);
    uint32_t number = begin_locked(name);
    pthread_mutex_unlock(&attempt.lock);
    return number;
}

static void end_innermost(struct step_stack *s)
{
    const struct open_step *step = &s->open[--s->n];
    attempt_send_locked(&(struct message){.type = MSG_STEP,
                                          .step = {.step = step->number,
                                                   .parent = step->parent,
                                                   .ended = 1,
                                                   .failed = step->failed,
                                                   .duration_ns = (uint64_t)(clock_mono() - step->began_ns)}});
    if (s->n == 0 && s != &attempt.steps)
        give_back(s);
}

void steps_end_all(void)
{
    pthread_mutex_lock(&attempt.lock);
    struct step_stack *s = own_stack();
    while (s && s->n > 0)
        end_innermost(s);
    pthread_mutex_unlock(&attempt.lock);
}

void steps_end_of_others(void)
{
    for (struct step_stack *s = all; s; s = s->next)
        while (s->n > 0)
            end_innermost(s);
}

void steps_end_everywhere(void)
{
    steps_end_of_others();
    while (attempt.steps.n > 0)
        end_innermost(&attempt.steps);
}

static void steps_end(struct muster_ctx *ctx, uint32_t step)
{
    (void)ctx;
    guard_pass();
    pthread_mutex_lock(&attempt.lock);
    struct step_stack *s = find_stack(step);
    while (s && s->n > 0 && top_of(s) >= step)
        end_innermost(s);
    pthread_mutex_unlock(&attempt.lock);
}

const struct muster_ext_steps ext_steps = {.size = sizeof ext_steps, .begin = steps_begin, .end = steps_end};
