/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/threshold_options.h"

#include "base/suggest.h"
#include "plan/threshold.h"

#include <errno.h>
#include <string.h>

int threshold_choose_missed(const char *text, int *ret_choice)
{
    *ret_choice = strcmp(text, "warn") == 0;
    return strcmp(text, "warn") == 0 || strcmp(text, "fail") == 0 ? 0 : -EINVAL;
}

/* The runner's own begin like this, and there are no others. */
static const char *misspelt(const char *metric)
{
    static const char *const own[] = {METRIC_SUITE_DURATION, METRIC_SCENARIO_DURATION};
    bool claims = strncmp(metric, "suite.", 6) == 0 || strncmp(metric, "scenario.", 9) == 0;
    for (size_t i = 0; i < ARRAY_LEN(own); i++)
        if (strcmp(own[i], metric) == 0)
            return NULL;
    return !claims ? NULL : *metric == 's' && metric[1] == 'u' ? own[0] : own[1];
}

int threshold_options_check(const struct verb *verb, const struct option_list *thresholds)
{
    struct arena arena = {0};
    int status = EXIT_OK;
    for (size_t i = 0; status == EXIT_OK && i < thresholds->n; i++) {
        struct threshold t;
        autoerr struct err err = {0};
        if (threshold_parse(thresholds->items[i], &arena, &t, &err) < 0)
            status = cli_usage(verb, "--threshold: %s", err_text(&err));
        else if (misspelt(t.metric))
            status = cli_usage(verb, "--threshold %s: the runner has no metric %s; did you mean %s?",
                               thresholds->items[i], t.metric, misspelt(t.metric));
        else if (t.unit && misspelt(t.metric) == NULL && strcmp(t.unit, "ms") != 0 &&
                 (strcmp(t.metric, METRIC_SUITE_DURATION) == 0 || strcmp(t.metric, METRIC_SCENARIO_DURATION) == 0))
            status = cli_usage(verb, "--threshold %s: %s is a time", thresholds->items[i], t.metric);
    }
    arena_free(&arena);
    return status;
}

struct declared {
    struct suggestion nearest;
    bool known;            /* somebody declares one on the metric */
    const char *unit, *by; /* in another unit, and who does */
};

static void look(struct declared *d, const struct threshold *t, const struct plugin_info *p, struct arena *arena)
{
    for (size_t i = 0; p->thresholds[i]; i++) {
        struct threshold of;
        if (threshold_parse(p->thresholds[i], arena, &of, NULL) < 0)
            continue; /* it would have been refused */
        suggest_offer(&d->nearest, of.metric);
        if (strcmp(of.metric, t->metric) != 0)
            continue;
        d->known = true;
        bool differs = of.unit && t->unit && strcmp(of.unit, t->unit) != 0;
        if (differs && t->statistic != STATISTIC_COUNT && of.statistic != STATISTIC_COUNT) {
            d->unit = of.unit;
            d->by = p->name;
        }
    }
}

/* A scenario may declare or record a name that no plugin's table has, so an unknown one is an error only where it looks
 * like a slip. The judge names it otherwise. */
static int fit(const struct verb *verb, const char *text, const struct catalogue *c, struct arena *arena)
{
    struct threshold t;
    if (threshold_parse(text, arena, &t, NULL) < 0)
        return EXIT_OK; /* has been told */
    struct declared d = {.nearest = suggest_start(t.metric)};
    for (size_t i = 0; i < c->n_plugins; i++)
        look(&d, &t, &c->plugins[i], arena);
    if (d.unit)
        return cli_usage(verb, "--threshold %s: %s has a bound in \"%s\" in plugin %s, and this one is in \"%s\"", text,
                         t.metric, d.unit, d.by, t.unit);
    bool own = strcmp(t.metric, METRIC_SUITE_DURATION) == 0 || strcmp(t.metric, METRIC_SCENARIO_DURATION) == 0;
    if (!d.known && !own && d.nearest.best)
        return cli_usage(verb, "--threshold %s: no plugin has a bound on %s; did you mean %s?", text, t.metric,
                         d.nearest.best);
    return EXIT_OK;
}

int threshold_options_fit(const struct verb *verb, const struct option_list *thresholds, const struct catalogue *c)
{
    struct arena arena = {0};
    int status = EXIT_OK;
    for (size_t i = 0; status == EXIT_OK && i < thresholds->n; i++)
        status = fit(verb, thresholds->items[i], c, &arena);
    arena_free(&arena);
    return status;
}
