/* SPDX-License-Identifier: Apache-2.0 */
/* A case or a step by what somebody has written of it. */
#include "report/pick.h"

#include "base/cleanup.h"
#include "base/suggest.h"
#include "plan/patterns.h"

#include <string.h>

enum { MOST_NAMED = 3 };

/* What was found so far, and how the first of it are called. */
struct found {
    const void *one;
    size_t n;
    struct buf named;
};

static void note(struct found *f, const void *item, const char *name)
{
    if (f->n++ < MOST_NAMED)
        buf_addf(&f->named, "%s%s", f->named.len > 0 ? ", " : "", name);
    f->one = item;
}

static int judge(struct found *f, const char *text, const char *what, struct err *err)
{
    int r = 0;
    if (f->n > MOST_NAMED)
        buf_addf(&f->named, " and %zu more", f->n - MOST_NAMED);
    if (f->n > 1)
        r = err_set(err, -EINVAL, "%s: it fits %zu %s: %s", text, f->n, what, buf_str(&f->named));
    buf_free(&f->named);
    return r;
}

static int none(const struct run_model *model, const char *text, struct err *err)
{
    struct suggestion s = suggest_start(text);
    for (size_t i = 0; i < model->n_cases; i++)
        suggest_offer_id(&s, model->cases[i]->id);
    return s.best
               ? err_set(err, -ENOENT, "%s: run %s has no such scenario: did you mean %s?", text, model->run_id, s.best)
               : err_set(err, -ENOENT, "%s: run %s has no such scenario", text, model->run_id);
}

int pick_case(const struct run_model *model, const char *text, const struct model_case **ret_case, struct err *err)
{
    const struct model_case *exact = model_case_find(model, text);
    struct found f = {0};
    struct patterns p;
    if (exact) {
        *ret_case = exact;
        return 0;
    }
    patterns_init(&p, &text, 1);
    for (size_t i = 0; i < model->n_cases; i++) {
        const struct model_case *c = model->cases[i];
        if (patterns_select(&p, c->id) || strcmp(c->scenario, text) == 0 || strcmp(model_case_name(c), text) == 0)
            note(&f, c, c->id);
    }
    patterns_free(&p);
    int r = judge(&f, text, "scenarios", err);
    if (r == 0 && f.n == 0)
        return none(model, text, err);
    if (r == 0)
        *ret_case = f.one;
    return r;
}

int pick_place(const struct run_model *model, const char *text, const struct model_case **ret_case,
               const char **ret_step, struct err *err)
{
    int whole = pick_case(model, text, ret_case, err);
    *ret_step = NULL;
    if (whole != -ENOENT)
        return whole;
    for (size_t at = strlen(text); at-- > 0;) {
        if (text[at] != '/')
            continue;
        autofree char *id = xstrndup(text, at);
        autoerr struct err ignored = {0};
        int r = pick_case(model, id, ret_case, &ignored);
        if (r == -ENOENT)
            continue;
        *ret_step = text + at + 1;
        return r < 0 ? err_set(err, r, "%s", err_text(&ignored)) : 0;
    }
    return whole;
}

static bool is_number_of(const struct model_step *step, const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    return *text && !*end && n == step->number;
}

int pick_step(const struct model_attempt *a, const char *text, const struct model_step **ret_step, struct err *err)
{
    const struct model_detail *d = model_attempt_detail(a);
    struct found f = {0};
    for (uint32_t i = 0; i < d->n_steps; i++) {
        autobuf struct buf path = {0};
        char number[16];
        if (is_number_of(&d->steps[i], text)) {
            *ret_step = &d->steps[i];
            buf_free(&f.named);
            return 0;
        }
        model_step_path(a, d->steps[i].number, &path);
        snprintf(number, sizeof number, "%d", (int)d->steps[i].number);
        if (strcmp(d->steps[i].name, text) == 0 || strcmp(buf_str(&path), text) == 0)
            note(&f, &d->steps[i], number);
    }
    int r = judge(&f, text, "steps; name one by its number", err);
    if (r == 0 && f.n == 0)
        return err_set(err, -ENOENT, "%s: attempt %d has no such step, of %u", text, (int)a->number, d->n_steps);
    if (r == 0)
        *ret_step = f.one;
    return r;
}
