/* SPDX-License-Identifier: Apache-2.0 */
/* Two runs beside each other. */
#include "report/compare.h"

#include "plan/idmap.h"
#include "report/causes.h"

#include <stdlib.h>
#include <string.h>

const char *change_name(enum change change)
{
    static const char *const names[CHANGE_N] = {[CHANGE_BROKEN] = "broken",
                                                [CHANGE_NEW_BAD] = "newlyFailing",
                                                [CHANGE_STILL] = "stillFailing",
                                                [CHANGE_FIXED] = "fixed",
                                                [CHANGE_FLAKIER] = "flakier",
                                                [CHANGE_UNKNOWN] = "notRun",
                                                [CHANGE_NEW] = "new",
                                                [CHANGE_GONE] = "gone",
                                                [CHANGE_SLOWER] = "slower",
                                                [CHANGE_FASTER] = "faster"};
    return names[change];
}

static bool has_run(const struct model_case *c)
{
    return c && c->ended && c->verdict != VERDICT_SKIPPED;
}

static bool is_bad(const struct model_case *c)
{
    return has_run(c) && verdict_is_bad((enum verdict)c->verdict);
}

/* CHANGE_N: nothing to tell. */
static enum change classify(const struct model_case *before, const struct model_case *after)
{
    if (!after)
        return CHANGE_GONE;
    if (is_bad(after))
        return is_bad(before) ? CHANGE_STILL : has_run(before) ? CHANGE_BROKEN : CHANGE_NEW_BAD;
    if (!before)
        return CHANGE_NEW;
    if (!has_run(after))
        return has_run(before) ? CHANGE_UNKNOWN : CHANGE_N;
    if (is_bad(before))
        return CHANGE_FIXED;
    bool flakier = after->verdict == VERDICT_FLAKY && has_run(before) &&
                   (before->verdict != VERDICT_FLAKY || after->n_attempts > before->n_attempts);
    return flakier ? CHANGE_FLAKIER : CHANGE_N;
}

int64_t compare_time(const struct model_case *c)
{
    bool passed = has_run(c) && !is_bad(c) && c->last;
    return passed ? c->last->duration_ns : -1;
}

static bool is_longer(int64_t a, int64_t b, const struct compare_rule *rule)
{
    return b - a >= rule->least_ns && (double)b >= rule->ratio * (double)a;
}

static enum change classify_time(const struct model_case *before, const struct model_case *after,
                                 const struct compare_rule *rule)
{
    int64_t a = compare_time(before), b = compare_time(after);
    if (a < 0 || b < 0)
        return CHANGE_N;
    return is_longer(a, b, rule) ? CHANGE_SLOWER : is_longer(b, a, rule) ? CHANGE_FASTER : CHANGE_N;
}

static void add(struct comparison *c, enum change change, struct compared compared)
{
    if (change == CHANGE_N)
        return;
    struct change_list *list = &c->of[change];
    GROW(list->items, list->n, list->cap);
    list->items[list->n++] = compared;
}

/* The causes of a run's failures, by the ids of cases. */
struct cause_index {
    struct causes causes;
    struct idmap ids;
};

static void index_causes(struct cause_index *x, const struct run_model *m)
{
    *x = (struct cause_index){.causes = causes_find(m)};
    for (size_t i = 0; i < m->n_cases; i++)
        if (x->causes.of_case[i] > 0)
            idmap_put(&x->ids, m->cases[i]->id, strlen(m->cases[i]->id), x->causes.of_case[i] - 1);
}

static void cause_index_free(struct cause_index *x)
{
    causes_free(&x->causes);
    idmap_free(&x->ids);
}

static const struct cause *cause_of(const struct cause_index *x, const char *id)
{
    uint32_t at = idmap_get(&x->ids, id, strlen(id));
    return at == IDMAP_NONE ? NULL : &x->causes.items[at];
}

static void compare_causes(struct comparison *c)
{
    struct change_list *still = &c->of[CHANGE_STILL];
    if (still->n == 0)
        return;
    struct cause_index before, after;
    index_causes(&before, c->before);
    index_causes(&after, c->after);
    for (size_t i = 0; i < still->n; i++) {
        const char *id = still->items[i].after->id;
        const struct cause *a = cause_of(&before, id), *b = cause_of(&after, id);
        if (a && b && (a->kind != b->kind || strcmp(a->title, b->title) != 0))
            still->items[i].cause_before = arena_strdup(&c->arena, a->title);
    }
    cause_index_free(&before);
    cause_index_free(&after);
}

void compare_runs(const struct run_model *before, const struct run_model *after, struct compare_rule rule,
                  struct comparison *ret_comparison)
{
    struct comparison c = {.before = before, .after = after, .rule = rule};
    for (size_t i = 0; i < after->n_cases; i++) {
        const struct compared pair = {.before = model_case_find(before, after->cases[i]->id), .after = after->cases[i]};
        add(&c, classify(pair.before, pair.after), pair);
        add(&c, classify_time(pair.before, pair.after, &rule), pair);
    }
    for (size_t i = 0; i < before->n_cases; i++)
        if (!model_case_find(after, before->cases[i]->id))
            add(&c, CHANGE_GONE, (struct compared){.before = before->cases[i]});
    compare_causes(&c);
    *ret_comparison = c;
}

bool comparison_is_worse(const struct comparison *c)
{
    return c->of[CHANGE_BROKEN].n > 0 || c->of[CHANGE_NEW_BAD].n > 0;
}

void comparison_free(struct comparison *c)
{
    for (int i = 0; i < CHANGE_N; i++)
        free(c->of[i].items);
    arena_free(&c->arena);
}
