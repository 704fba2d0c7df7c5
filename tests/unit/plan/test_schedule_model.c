/* SPDX-License-Identifier: Apache-2.0 */
/* The schedule against a model that decides by looking at everybody, each time; and how its work grows. */
#include "suite.h"

#include "plan/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_MOST = 60, SLOTS_MOST = 6 };

/* ---- the model ------------------------------------------------------------------------------------------------ */

enum where { QUEUED, RUNS, AWAY };

struct model_case {
    struct claims claims;
    uint32_t weight;
    enum where where;
    int64_t place;
};

struct model {
    struct model_case cases[CASES_MOST];
    size_t n;
    uint32_t free;
    int64_t first, last; /* the next places before and behind all others */
};

static void model_make(struct model *m, const struct suite *s, uint32_t slots)
{
    *m = (struct model){.n = s->selection.n_cases, .free = slots, .first = -1000000};
    for (size_t k = 0; k < m->n; k++) {
        struct model_case *c = &m->cases[s->sequence[k]];
        assert_int_equal(claims_of(&s->catalogue.scenarios[s->sequence[k]], &c->claims, NULL), 0);
        c->weight = c->claims.serial || c->claims.weight > slots ? slots : c->claims.weight;
        c->place = m->last++;
    }
}

static bool wants(const struct model_case *c, const struct claim *claim)
{
    for (uint32_t k = 0; k < c->claims.n; k++)
        if (c->claims.items[k].group == claim->group && strcmp(c->claims.items[k].name, claim->name) == 0)
            return true;
    return false;
}

static bool are_alike(const struct model_case *a, const struct model_case *b)
{
    for (uint32_t k = 0; k < a->claims.n; k++)
        if (!wants(b, &a->claims.items[k]))
            return false;
    return a->claims.n == b->claims.n && a->weight == b->weight;
}

static struct model_case *next_by_place(struct model *m, int64_t after)
{
    struct model_case *next = NULL;
    for (size_t i = 0; i < m->n; i++) {
        struct model_case *c = &m->cases[i];
        if (c->where == QUEUED && c->place > after && (!next || c->place < next->place))
            next = c;
    }
    return next;
}

/* Those with the same claims wait behind the first of them. */
static bool is_behind_its_like(const struct model_case *c, struct model_case *const *passed_over, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (are_alike(c, passed_over[k]))
            return true;
    return false;
}

static bool has_its_claims(const struct model *m, const struct model_case *c, struct model_case *const *passed_over,
                           size_t n)
{
    for (uint32_t k = 0; k < c->claims.n; k++) {
        const struct claim *claim = &c->claims.items[k];
        uint32_t taken = 0;
        for (size_t i = 0; i < m->n; i++)
            taken += m->cases[i].where == RUNS && wants(&m->cases[i], claim);
        for (size_t i = 0; i < n; i++)
            taken += wants(passed_over[i], claim);
        if (taken >= claim->max)
            return false;
    }
    return true;
}

/* In their order; what one claims that is passed over is kept free of later ones. NULL: none. */
static struct model_case *model_next(struct model *m)
{
    struct model_case *passed_over[CASES_MOST];
    size_t n = 0;
    int64_t after = INT64_MIN;
    for (struct model_case *c; m->free > 0 && (c = next_by_place(m, after)); after = c->place) {
        if (is_behind_its_like(c, passed_over, n))
            continue;
        if (has_its_claims(m, c, passed_over, n))
            return c->weight <= m->free ? c : NULL;
        passed_over[n++] = c;
    }
    return NULL;
}

/* ---- side by side ------------------------------------------------------------------------------------------------ */

static void begin_all(struct model *m, struct schedule *schedule)
{
    for (;;) {
        struct model_case *expected = model_next(m);
        uint32_t i = UINT32_MAX;
        bool any = schedule_next(schedule, &i);
        assert_int_equal(any, expected != NULL);
        if (!any)
            return;
        assert_ptr_equal(&m->cases[i], expected);
        expected->where = RUNS;
        m->free -= expected->weight;
    }
}

static void end_one(struct model *m, struct schedule *schedule, uint32_t i)
{
    m->cases[i].where = AWAY;
    m->free += m->cases[i].weight;
    schedule_ended(schedule, i);
}

static void bring_back(struct model *m, struct schedule *schedule, uint32_t i, bool first)
{
    m->cases[i].where = QUEUED;
    m->cases[i].place = first ? m->first++ : m->last++;
    if (first)
        schedule_first(schedule, i);
    else
        schedule_last(schedule, i);
}

/* One event; sometimes several before anybody begins, as when the runner hears of them in one turn. */
static void have_something_happen(struct model *m, struct schedule *schedule, uint32_t *random)
{
    uint32_t i = random_of(random, (uint32_t)m->n);
    uint32_t what = random_of(random, 8);
    if (m->cases[i].where == RUNS)
        end_one(m, schedule, i);
    else if (m->cases[i].where == AWAY && what < 3)
        bring_back(m, schedule, i, what == 0);
    if (what != 7)
        begin_all(m, schedule);
}

static void play(const char *const *kinds, size_t n_kinds, uint32_t *random)
{
    const char *markers[CASES_MOST];
    size_t n = 1 + random_of(random, CASES_MOST);
    for (size_t i = 0; i < n; i++)
        markers[i] = kinds[random_of(random, (uint32_t)n_kinds)];
    uint32_t slots = 1 + random_of(random, SLOTS_MOST);
    autosuite s;
    suite_make(&s, markers, n);
    struct schedule *schedule = schedule_of(&s, slots);
    struct model m;
    model_make(&m, &s, slots);
    begin_all(&m, schedule);
    for (size_t k = 0; k < 6 * n; k++)
        have_something_happen(&m, schedule, random);
    schedule_free(schedule);
}

static void decides_as_the_model_does(void **state)
{
    (void)state;
    static const char *const kinds[] = {"",
                                        "lock(x)",
                                        "lock(y)",
                                        "lock(z)",
                                        "lock(x);lock(y)",
                                        "lock(y);lock(x)",
                                        "lock(x);lock(z)",
                                        "lock(x);lock(y);lock(z);group(g, max=2)",
                                        "weight(2)",
                                        "weight(7)",
                                        "serial",
                                        "serial;lock(x)",
                                        "group(g, max=2)",
                                        "group(h, max=3)",
                                        "group(g, max=2);group(h, max=3)",
                                        "group(h, max=3);lock(x)",
                                        "group(h, max=3);lock(y);weight(2)",
                                        "group(g, max=2);lock(z);weight(3)"};
    uint32_t random = 1;
    for (int suite = 0; suite < 1500; suite++) /* of all kinds, and of some of them only: then claims meet more often */
        play(kinds + random_of(&random, 6), ARRAY_LEN(kinds) - 6 - (size_t)suite % 8, &random);
}

/* ---- growth --------------------------------------------------------------------------------------------------------
 */

/* Moves for each of `n` scenarios that all want one lock, and each a lock of its own as well. */
static double moves_of_each(size_t n)
{
    char(*text)[40] = xcalloc(n, sizeof *text);
    const char **markers = xcalloc(n, sizeof *markers);
    for (size_t i = 0; i < n; i++) {
        snprintf(text[i], sizeof text[i], "lock(db);lock(own%zu)", i);
        markers[i] = text[i];
    }
    autosuite s;
    suite_make(&s, markers, n);
    struct schedule *schedule = schedule_of(&s, 8);
    uint32_t i;
    for (size_t k = 0; k < n; k++) {
        assert_true(schedule_next(schedule, &i));
        assert_int_equal(i, k);
        uint32_t another;
        assert_false(schedule_next(schedule, &another));
        schedule_ended(schedule, i);
    }
    double moves = (double)schedule_moves(schedule) / (double)n;
    schedule_free(schedule);
    free(text);
    free(markers);
    return moves;
}

static void works_little_more_for_twice_as_many(void **state)
{
    (void)state;
    double before = moves_of_each(500);
    for (size_t n = 1000; n <= 16000; n *= 2) {
        double now = moves_of_each(n);
        assert_true(now < before * 1.5); /* 2, if each decision looked at all */
        before = now;
    }
    assert_true(before < 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_as_the_model_does),
        cmocka_unit_test(works_little_more_for_twice_as_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
