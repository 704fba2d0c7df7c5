/* SPDX-License-Identifier: Apache-2.0 */
/* How cases become JUnit's suites and counts. */
#include "report/junit_suites.h"

#include <stdlib.h>

const struct model_attempt *junit_first_bad(const struct model_case *c)
{
    const struct model_attempt *a = c->first;
    while (a && !(a->ended && verdict_is_bad((enum verdict)a->verdict)))
        a = a->next;
    return a;
}

bool junit_is_failure(const struct model_case *c)
{
    const struct model_attempt *a = junit_first_bad(c);
    return (a ? a->verdict : c->verdict) == VERDICT_FAILED;
}

int64_t junit_time(const struct model_case *c)
{
    return c->ended && c->verdict == VERDICT_FLAKY && c->last ? c->last->duration_ns : c->duration_ns;
}

static void count(struct suite_counts *n, const struct run_model *model, const struct model_case *c)
{
    n->tests++;
    n->time_ns += junit_time(c);
    if (model_fault(model, c))
        n->failures++;
    else if (!c->ended || c->verdict == VERDICT_SKIPPED)
        n->skipped++;
    else if (c->verdict == VERDICT_FLAKY)
        n->flakes++;
    else if (verdict_is_bad((enum verdict)c->verdict) && junit_is_failure(c))
        n->failures++;
    else if (verdict_is_bad((enum verdict)c->verdict))
        n->errors++;
}

/* Plugins' names are interned: equal ones are one pointer. Neighbours mostly share a suite. */
static struct suite *get_suite(struct suite_list *suites, const char *plugin)
{
    for (size_t i = suites->n; i-- > 0;)
        if (suites->items[i].plugin == plugin)
            return &suites->items[i];
    GROW(suites->items, suites->n, suites->cap);
    struct suite *suite = &suites->items[suites->n++];
    *suite = (struct suite){.plugin = plugin};
    return suite;
}

struct suite_counts junit_thresholds(const struct run_model *model)
{
    size_t missed = model_missed(model), failures = model->missed_warns ? 0 : missed;
    return (struct suite_counts){.tests = model->n_thresholds,
                                 .failures = failures,
                                 .skipped = missed - failures + model->outcomes[THRESHOLD_UNMEASURED] +
                                            model->outcomes[THRESHOLD_OFF]};
}

struct suite_list junit_suites(const struct run_model *model)
{
    struct suite_list suites = {0};
    for (size_t i = 0; i < model->n_cases; i++) {
        const struct model_case *c = model->cases[i];
        struct suite *suite = get_suite(&suites, c->plugin);
        GROW(suite->cases, suite->n, suite->cap);
        suite->cases[suite->n++] = c;
        count(&suite->counts, model, c);
        count(&suites.counts, model, c);
    }
    /* An error each, in suites of their own. */
    size_t own = model->n_refusals + model->n_changes + (model_run_fault(model) ? 1 : 0);
    const struct suite_counts bounds = junit_thresholds(model);
    suites.counts.failures += bounds.failures;
    suites.counts.skipped += bounds.skipped;
    suites.counts.tests += own + bounds.tests;
    suites.counts.errors += own;
    return suites;
}

void junit_suites_free(struct suite_list *suites)
{
    for (size_t i = 0; i < suites->n; i++)
        free(suites->items[i].cases);
    free(suites->items);
    *suites = (struct suite_list){0};
}
