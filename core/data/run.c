/* SPDX-License-Identifier: Apache-2.0 */
/* The interpreter: a program's steps in order. */
#include "data/run.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "data/type.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static struct run run = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct run *run_of_process(void)
{
    return &run;
}

void run_environment(const struct loader_environment *around)
{
    run.around = around;
}

void run_fail_check(struct run *r, struct place at, const char *expression, const char *message)
{
    const struct muster_check check = {
        .size = sizeof check, .file = at.file, .line = at.line, .expression = expression, .message = message};
    r->ctx->host->check(r->ctx, &check);
}

/* The expression of a check is what becomes the attempt's reason. */
void run_fail(struct run *r, struct place at, const char *what, const char *why)
{
    autofree char *text = xasprintf("%s: %s", what, why);
    run_fail_check(r, at, text, NULL);
}

void run_log(struct run *r, struct place at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    autofree char *text = xvasprintf(fmt, ap);
    va_end(ap);
    r->ctx->host->log(r->ctx, MUSTER_LOG_INFO, at.file, at.line, text, strlen(text));
}

static uint32_t begin(struct run *r, const char *title)
{
    return r->steps ? r->steps->begin(r->ctx, title) : 0;
}

static void end(struct run *r, uint32_t number)
{
    if (r->steps)
        r->steps->end(r->ctx, number);
}

/* ---- blocks ---- */

struct branch {
    struct job job; /* first */
    const struct step_list *steps;
    enum flow flow;
};

static void branch_work(struct job *job)
{
    struct branch *b = (struct branch *)job;
    b->flow = run_steps(job->run, b->steps);
}

/* All branches come to their end, whatever happens in the others. */
static enum flow run_parallel(struct run *r, const struct step *s, uint32_t number)
{
    enum flow flow = FLOW_ON;
    struct branch **branches = xcalloc(s->n_branches, sizeof(struct branch *));
    for (uint32_t i = 0; i < s->n_branches; i++) {
        branches[i] = xcalloc(1, sizeof *branches[i]);
        *branches[i] = (struct branch){.job = {.run = r, .work = branch_work}, .steps = &s->branches[i]};
        job_start(&branches[i]->job, GUARD_KEEP, number);
    }
    for (uint32_t i = 0; i < s->n_branches; i++) {
        if (job_wait(&branches[i]->job, NEVER) != JOB_RETURNED) {
            flow = FLOW_STOP;
            continue;
        }
        flow = branches[i]->flow == FLOW_STOP ? FLOW_STOP : flow;
        free(branches[i]);
    }
    free(branches);
    return flow;
}

static enum flow run_item(struct run *r, const struct step *s, json_t *item, const char *name)
{
    autofree char *shown = json_dumped(item, true);
    enum { SHOWN = 80 };
    autofree char *title = xasprintf("%s=%.*s", name, SHOWN, shown);
    uint32_t number = begin(r, title);
    run_set(r, s->item, item);
    enum flow flow = run_steps(r, &s->body);
    end(r, number);
    return flow;
}

static enum flow unexpanded(struct run *r, struct place at, const char *what, enum expanded how, const char *why)
{
    if (how == EXPANDED_UNSET && r->finally) {
        run_log(r, at, "%s is passed over: %s", what, why);
        return FLOW_ON;
    }
    run_fail(r, at, what, why);
    return FLOW_STOP;
}

static enum flow run_each(struct run *r, const struct step *s)
{
    autofree char *why = NULL;
    json_t *each;
    enum expanded e = run_expand(r, s->each, &each, &why);
    if (e != EXPANDED)
        return unexpanded(r, s->each->at, "for_each", e, why);
    enum flow flow = FLOW_ON;
    const char *name = r->program->variables[s->item].name;
    if (json_is_integer(each)) {
        for (json_int_t i = 0; i < json_integer_value(each) && flow == FLOW_ON; i++)
            flow = run_item(r, s, json_integer(i), name);
    } else if (json_is_array(each)) {
        for (size_t i = 0; i < json_array_size(each) && flow == FLOW_ON; i++)
            flow = run_item(r, s, json_incref(json_array_get(each, i)), name);
    } else {
        autofree char *text = xasprintf("for_each wants a list, or a number of rounds, not %s", json_describe(each));
        run_fail(r, s->each->at, "for_each", text);
        flow = FLOW_STOP;
    }
    json_decref(each);
    return flow;
}

static enum flow run_group(struct run *r, const struct step *s)
{
    for (uint32_t i = 0; i < s->n_bound; i++) {
        autofree char *why = NULL;
        json_t *value;
        if (!s->bound[i]) {
            value = type_value(s->defaults[i]->fallback, s->defaults[i]->type);
        } else {
            enum expanded e = run_expand(r, s->bound[i], &value, &why);
            if (e != EXPANDED)
                return unexpanded(r, s->bound[i]->at, "group", e, why);
        }
        run_set(r, s->bound_to[i], value);
    }
    return run_steps(r, &s->body);
}

/* ---- a step ---- */

static char *title_of(struct run *r, const struct step *s)
{
    char *text = NULL;
    autofree char *why = NULL;
    if (run_text(r, s->title, MUSTER_TYPE_STR, &text, &why) != EXPANDED)
        return xstrdup(s->function ? s->function->step->name : "step");
    return text;
}

static enum flow act(struct run *r, const struct step *s, uint32_t number, const char *title)
{
    switch (s->kind) {
    case STEP_PARALLEL:
        return run_parallel(r, s, number);
    case STEP_EACH:
        return run_each(r, s);
    case STEP_GROUP:
        return run_group(r, s);
    default:
        return run_call(r, s, number, title);
    }
}

static enum flow run_step(struct run *r, const struct step *s)
{
    autofree char *title = title_of(r, s);
    autofree char *why = NULL;
    bool holds;
    enum expanded e = run_condition(r, &s->condition, &holds, &why);
    if (e != EXPANDED)
        return unexpanded(r, s->at, "if", e, why);
    if (!holds) {
        run_log(r, s->at, "%s is passed over: its `if` does not hold", title);
        return FLOW_ON;
    }
    uint32_t number = begin(r, title);
    enum flow flow = act(r, s, number, title);
    end(r, number);
    return flow;
}

enum flow run_steps(struct run *r, const struct step_list *steps)
{
    enum flow flow = FLOW_ON;
    for (uint32_t i = 0; i < steps->n && flow == FLOW_ON; i++)
        flow = run_step(r, steps->items[i]);
    return flow;
}

/* ---- the whole ---- */

void run_open(struct run *r, struct muster_ctx *ctx, const struct program *program)
{
    const struct muster_host *host = ctx->host;
    r->ctx = ctx;
    r->program = program;
    r->attempt = host->extension(ctx, MUSTER_EXT_ATTEMPT, sizeof *r->attempt);
    r->steps = host->extension(ctx, MUSTER_EXT_STEPS, sizeof *r->steps);
    r->params = host->extension(ctx, MUSTER_EXT_PARAMS, sizeof *r->params);
    r->target = host->extension(ctx, MUSTER_EXT_TARGET, sizeof *r->target);
    r->fixtures = host->extension(ctx, MUSTER_EXT_FIXTURES, sizeof *r->fixtures);
    r->values = xcalloc(program->n_variables + 1, sizeof(json_t *));
}

/* What comes from outside has to be there before anything is done. */
static bool check_outside(struct run *r)
{
    autobuf struct buf missing = {0};
    const struct reference *first = NULL;
    for (uint32_t i = 0; i < r->program->n_outside; i++) {
        const struct reference *ref = r->program->outside[i];
        autofree char *why = NULL;
        json_t *value = NULL;
        if (run_reference(r, ref, &value, &why) != EXPANDED) {
            if (first)
                buf_addf(&missing, "\n%s:%u:%u: ", ref->at.file, ref->at.line, ref->at.column);
            buf_adds(&missing, why); /* of the first one, the place is the reason's */
            first = first ? first : ref;
        }
        json_decref(value);
    }
    if (first)
        r->ctx->host->stop(r->ctx, MUSTER_STOP_ERROR, first->at.file, first->at.line, buf_str(&missing));
    return !first;
}

static bool set_variables(struct run *r)
{
    for (uint32_t i = 0; i < r->program->n_variables; i++) {
        const struct value *v = r->program->variables[i].value;
        autofree char *why = NULL;
        json_t *value;
        if (!v)
            continue;
        if (run_expand(r, v, &value, &why) != EXPANDED) {
            run_fail(r, v->at, r->program->variables[i].name, why);
            return false;
        }
        run_set(r, i, value);
    }
    return true;
}

void run_program(struct muster_ctx *ctx, const void *program)
{
    run_open(&run, ctx, program);
    if (!check_outside(&run) || !set_variables(&run))
        return;
    run.ready = true;
    run_steps(&run, &run.program->steps);
}
