/* SPDX-License-Identifier: Apache-2.0 */
/* Suites of scenarios with markers. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

void suite_free(struct suite *s)
{
    free(s->sequence);
    selection_free(&s->selection);
    catalogue_free(&s->catalogue);
}

/* "a", "b" ... "z", and then numbers behind them. */
static char *name_of(struct arena *arena, size_t i)
{
    char name[24];
    if (i < 26)
        snprintf(name, sizeof name, "%c", (char)('a' + i));
    else
        snprintf(name, sizeof name, "%c%zu", (char)('a' + i % 26), i);
    return arena_strdup(arena, name);
}

void suite_make(struct suite *s, const char *const *markers, size_t n)
{
    *s = (struct suite){0};
    sample_plugin(&s->catalogue, "p");
    for (size_t i = 0; i < n; i++)
        sample_scenario(&s->catalogue, name_of(&s->catalogue.arena, i), markers[i]);
    const struct select_options o = {.limits = LIMIT_SETTINGS_INIT};
    autoerr struct err err = {0};
    if (select_cases(&s->catalogue, &o, &s->selection, &err) < 0)
        fail_msg("%s", err_text(&err));
    s->sequence = xcalloc(n, sizeof *s->sequence);
    order_cases(&s->catalogue, &s->selection, ORDER_SOURCE, 0, NULL, s->sequence);
}

struct schedule *schedule_of(const struct suite *s, uint32_t slots)
{
    struct schedule *schedule;
    autoerr struct err err = {0};
    if (schedule_new(&s->catalogue, &s->selection, s->sequence, slots, &schedule, &err) < 0)
        fail_msg("%s", err_text(&err));
    return schedule;
}

uint32_t random_of(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % n;
}
