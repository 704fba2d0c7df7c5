/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of `finally`, one after the other, each on a thread of its own: one that fails stops itself alone.
 *
 * A step that was left behind, in the body or here, still runs on its thread, with whatever it has in hand: a handle
 * that the next step would use, a lock. No thread can be ended from outside, but all of them with the process's image.
 * So the steps that are left run in a new image, which gets the variables' values as JSON and nothing else of this one.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "data/run.h"

#include <exact.h>
#include <stdlib.h>

struct last_step {
    struct job job; /* first */
    const struct step *step;
};

static void last_work(struct job *job)
{
    const struct last_step *last = (struct last_step *)job;
    run_steps(job->run, &(const struct step_list){&last->step, 1});
}

static void run_last(struct run *r, const struct step *step)
{
    struct last_step *last = xcalloc(1, sizeof *last);
    *last = (struct last_step){.job = {.run = r, .work = last_work}, .step = step};
    job_start(&last->job, GUARD_KEEP, 0);
    if (job_wait(&last->job, NEVER) == JOB_RETURNED)
        free(last);
}

/* {"next": 1, "values": {"0": ..., "3": ...}}: by slot. The program is the same in the new image, which sees to it. */
static char *make_state(struct run *r, uint32_t next)
{
    json_t *values = json_object();
    pthread_mutex_lock(&r->lock);
    for (uint32_t i = 0; i < r->program->n_variables; i++) {
        char slot[16];
        snprintf(slot, sizeof slot, "%u", i);
        if (r->values[i])
            json_object_set(values, slot, r->values[i]);
    }
    pthread_mutex_unlock(&r->lock);
    json_t *state = json_pack("{s:I, s:o}", "next", (json_int_t)next, "values", values);
    char *text = exact_dumps(state, false);
    json_decref(state);
    return text;
}

static bool take_state(struct run *r, const char *text, uint32_t *ret_next)
{
    json_t *state = exact_loads(text, JSON_ALLOW_NUL, NULL), *values = NULL;
    json_int_t next = 0;
    bool ok = json_unpack(state, "{s:I, s:o}", "next", &next, "values", &values) == 0 && next >= 0;
    const char *slot;
    json_t *value;
    json_object_foreach(ok ? values : NULL, slot, value)
    {
        unsigned long i = strtoul(slot, NULL, 10);
        if (i < r->program->n_variables)
            run_set(r, (uint32_t)i, json_incref(value));
    }
    json_decref(state);
    *ret_next = (uint32_t)next;
    return ok;
}

static void go_on_anew(struct run *r, uint32_t next)
{
    autoerr struct err err = {0};
    autofree char *state = make_state(r, next);
    r->around->start_anew(state, &err);
    autofree char *why =
        xasprintf("a step that was left behind still runs, and what it uses can't be used by others: %s; "
                  "the rest of `finally` did not run",
                  err_text(&err));
    run_fail(r, r->program->finally.items[next]->at, "finally", why);
}

static void run_from(struct run *r, uint32_t first)
{
    const struct step_list *steps = &r->program->finally;
    for (uint32_t i = first; i < steps->n; i++) {
        if (r->n_late > 0) {
            go_on_anew(r, i);
            return;
        }
        run_last(r, steps->items[i]);
    }
}

void run_finally(struct muster_ctx *ctx, const void *program)
{
    struct run *r = run_of_process();
    (void)ctx;
    (void)program;
    if (!r->ready)
        return; /* not one step has run */
    r->finally = true;
    run_from(r, 0);
}

void run_resumed(struct muster_ctx *ctx, const void *program, const char *state)
{
    struct run *r = run_of_process();
    uint32_t next;
    run_open(r, ctx, program);
    r->ready = r->finally = true;
    if (take_state(r, state, &next))
        run_from(r, next);
    else
        run_fail(r, r->program->at, "finally", "what the steps had saved did not arrive");
}
