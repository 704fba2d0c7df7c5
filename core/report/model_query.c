/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the model that more than one report asks. */
#include "report/interner.h"
#include "report/model.h"

#include "base/cleanup.h"

#include <string.h>

const struct model_case *model_case_find(const struct run_model *model, const char *id)
{
    return interner_case(model, id);
}

const struct model_attempt *model_attempt_find(const struct model_case *c, int64_t number)
{
    const struct model_attempt *a = c->first;
    while (a && a->number != number)
        a = a->next;
    return a;
}

const char *model_case_name(const struct model_case *c)
{
    size_t len = strlen(c->plugin);
    if (len > 0 && strncmp(c->id, c->plugin, len) == 0 && c->id[len] == '.' && c->id[len + 1])
        return c->id + len + 1;
    return c->id;
}

const struct model_detail *model_attempt_detail(const struct model_attempt *a)
{
    static const struct model_detail nothing = {.signal = "", .address = "", .crash_phase = "", .timeout_phase = ""};
    return a->detail ? a->detail : &nothing;
}

static const struct model_step *find_step(const struct model_detail *d, int32_t number)
{
    for (uint32_t i = 0; i < d->n_steps; i++)
        if (d->steps[i].number == number)
            return &d->steps[i];
    return NULL;
}

void model_step_path(const struct model_attempt *a, int32_t step, struct buf *out)
{
    /* A log may hold anything, a circle of parents too; deeper than this is shown from its inner end. */
    const struct model_step *path[32];
    size_t n = 0;
    const struct model_detail *d = model_attempt_detail(a);
    for (const struct model_step *s = find_step(d, step); s && n < ARRAY_LEN(path); s = find_step(d, s->parent))
        path[n++] = s;
    while (n > 0) {
        buf_adds(out, path[--n]->name);
        if (n > 0)
            buf_adds(out, " > ");
    }
}

const struct model_attempt *model_attempt_told(const struct model_case *c)
{
    const struct model_attempt *told = c->last;
    if (!c->ended || !verdict_is_bad((enum verdict)c->verdict))
        return told;
    for (const struct model_attempt *a = c->first; a; a = a->next)
        if (a->ended && verdict_is_bad((enum verdict)a->verdict))
            told = a;
    return told;
}

bool model_is_unchecked(const struct model_case *c)
{
    bool passed = c->ended && (c->verdict == VERDICT_PASSED || c->verdict == VERDICT_FLAKY);
    return passed && c->last && c->last->n_checks == 0;
}

const char *model_fault(const struct run_model *model, const struct model_case *c)
{
    if (model->flaky_fails && c->ended && c->verdict == VERDICT_FLAKY)
        return "it passed on a retry only (--flaky fail)";
    if (model->skipped_fails && c->ended && c->verdict == VERDICT_SKIPPED)
        return "it was skipped (--skipped fail)";
    return model->unchecked_fails && model_is_unchecked(c) ? "it passed without a single check (--no-checks fail)"
                                                           : NULL;
}

const char *model_run_fault(const struct run_model *model)
{
    if (!model->ended)
        return "the log ends before the run did";
    if (!*model->why || model_bad(model) > 0 || model->n_refusals > 0 || model->n_changes > 0 ||
        (model_missed(model) > 0 && !model->missed_warns))
        return NULL;
    for (size_t i = 0; i < model->n_cases; i++)
        if (model_fault(model, model->cases[i]))
            return NULL;
    return model->why;
}

struct string_list model_running(const struct run_model *model, struct arena *arena)
{
    const char **names = arena_alloc(arena, (model->n_running + 1) * sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < model->n_cases && n < model->n_running; i++) {
        const struct model_case *c = model->cases[i];
        if (!c->last || c->last->ended)
            continue;
        autofree char *name = xasprintf("%s attempt %d", c->id, (int)c->last->number);
        names[n++] = arena_strdup(arena, name);
    }
    return (struct string_list){names, n};
}

size_t model_bad(const struct run_model *model)
{
    size_t n = 0;
    for (int v = 0; v < VERDICT_N; v++)
        if (verdict_is_bad((enum verdict)v))
            n += model->verdicts[v];
    return n;
}

const char *model_status(const struct run_model *m)
{
    if (model_bad(m) > 0)
        return "FAILED";
    if (!m->ended || model_parts_missing(m))
        return "INCOMPLETE";
    if (m->interrupted)
        return "INTERRUPTED";
    return m->exit_status == 0 ? "PASSED" : "FAILED";
}

size_t model_missed(const struct run_model *model)
{
    return model->outcomes[THRESHOLD_MISSED];
}

bool model_parts_missing(const struct run_model *model)
{
    return model->n_merged > 0 && model->n_merged < (uint64_t)model->shards;
}

size_t model_not_run(const struct run_model *model)
{
    return model->n_cases - model->n_ended;
}
