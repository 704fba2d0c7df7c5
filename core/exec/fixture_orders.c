/* SPDX-License-Identifier: Apache-2.0 */
/* What users of fixtures are told: what those have published, and which ones to make themselves. */
#include "exec/fixture_orders.h"

#include "base/clock.h"
#include "exec/fixture_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct texts {
    struct arena *arena;
    const char **items;
    uint32_t n, cap;
    struct texts *of; /* of what is published: whose it is; NULL: nobody asks */
};

static void add(struct texts *t, const char *text)
{
    if (t->n == t->cap) {
        uint32_t cap = t->cap ? 2 * t->cap : 32;
        const char **items = arena_alloc(t->arena, cap * sizeof *items);
        if (t->n > 0)
            memcpy(items, t->items, t->n * sizeof *items);
        t->items = items;
        t->cap = cap;
    }
    t->items[t->n++] = text;
}

static const char *number(struct texts *t, uint64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, n);
    return arena_strdup(t->arena, text);
}

/* As orders have it: 0 is none. */
static uint64_t budget(const struct fixtures *f, uint32_t ms, int64_t by_default)
{
    int64_t ns = fixture_limit_or(f, ms, by_default);
    return ns == NEVER ? 0 : (uint64_t)ns;
}

static const struct fixture_info *info_of(const struct fixtures *f, uint32_t instance)
{
    return &f->shared->catalogue->fixtures[f->plan->instances[instance].fixture];
}

static void add_three(struct texts *t, const char *name, const char *key, const char *value, const char *of)
{
    add(t, name);
    add(t, key);
    add(t, value);
    if (t->of)
        add(t->of, of);
}

/* name, key, value of everything that it has published; and that it is used, where that is nothing. */
static void add_published(struct texts *t, const char *name, const struct fixture_run *it)
{
    if (it->n_pairs == 0)
        add_three(t, name, ORDER_NO_KEY, "", it->plan->label);
    for (size_t i = 0; i < it->n_pairs; i++)
        add_three(t, name, it->pairs[i].key, it->pairs[i].value, it->plan->label);
}

static uint32_t place_of(const struct case_fixtures *needs, uint32_t instance)
{
    uint32_t i = 0;
    while (i < needs->n_local && needs->local[i] != instance)
        i++;
    return i;
}

/* `local`: the user's place among the local fixtures, -1 for the case. */
static void add_uses(struct texts *t, const struct fixtures *f, const struct case_fixtures *needs,
                     const struct fixture_use *uses, uint32_t n, int local)
{
    for (uint32_t k = 0; k < n; k++) {
        const char *name = uses[k].alias;
        if (local >= 0) {
            char *full = arena_alloc(t->arena, strlen(name) + 16);
            sprintf(full, "%d:%s", local, name);
            name = full;
        }
        if (info_of(f, uses[k].instance)->scope != SCOPE_ATTEMPT) {
            add_published(t, name, &f->items[uses[k].instance]);
            continue;
        }
        add_three(t, name, "", number(t, place_of(needs, uses[k].instance)), "");
    }
}

static void add_uses_of_case(struct texts *t, const struct fixtures *f, const struct case_fixtures *needs)
{
    add_uses(t, f, needs, needs->uses, needs->n_uses, -1);
    for (uint32_t k = 0; k < needs->n_local; k++) {
        const struct fixture_instance *it = &f->plan->instances[needs->local[k]];
        add_uses(t, f, needs, it->uses, it->n_uses, (int)k);
    }
}

static void add_local(struct texts *t, const struct fixtures *f, uint32_t instance)
{
    const struct fixture_info *info = info_of(f, instance);
    add(t, number(t, info->index));
    add(t, number(t, budget(f, info->setup_timeout_ms, f->setup_ns)));
    add(t, number(t, budget(f, info->teardown_timeout_ms, f->teardown_ns)));
    add(t, number(t, info->params.n));
    for (uint32_t i = 0; i < info->params.n; i++)
        add(t, f->plan->instances[instance].values[i]);
}

bool fixtures_local(const struct fixtures *f, size_t i, uint32_t n, struct slot_part *ret_part)
{
    const struct case_fixtures *needs = fixtures_of(f->plan, i);
    if (!needs || n >= needs->n_local)
        return false;
    const struct fixture_info *info = info_of(f, needs->local[n]);
    *ret_part = (struct slot_part){info->name, fixture_limit_or(f, info->setup_timeout_ms, f->setup_ns),
                                   fixture_limit_or(f, info->teardown_timeout_ms, f->teardown_ns)};
    return true;
}

void fixtures_order(const struct fixtures *f, size_t i, struct arena *arena, struct msg_attempt *order)
{
    const struct case_fixtures *needs = fixtures_of(f->plan, i);
    if (!needs)
        return;
    struct texts published = {.arena = arena}, locals = {.arena = arena};
    add_uses_of_case(&published, f, needs);
    for (uint32_t k = 0; k < needs->n_local; k++)
        add_local(&locals, f, needs->local[k]);
    order->fixtures = (struct message_list){published.items, published.n};
    order->local_fixtures = (struct message_list){locals.items, locals.n};
}

static void describe(const struct fixture_run *it, struct buf *out)
{
    buf_addf(out, "; %s %s has published %zu bytes in %zu keys", fixture_kind(it), it->plan->label, it->bytes,
             it->n_pairs);
}

void fixtures_describe_order(const struct fixtures *f, size_t i, struct buf *out)
{
    const struct case_fixtures *needs = fixtures_of(f->plan, i);
    for (uint32_t k = 0; needs && k < needs->n_shared; k++)
        describe(&f->items[needs->shared[k]], out);
}

void fixture_describe_order(const struct fixture_run *it, struct buf *out)
{
    for (uint32_t k = 0; k < it->plan->n_uses; k++)
        describe(&it->fixtures->items[it->plan->uses[k].instance], out);
}

void fixture_order(const struct fixture_run *it, struct arena *arena, struct msg_attempt *order)
{
    struct texts published = {.arena = arena}, values = {.arena = arena};
    static const struct case_fixtures no_case; /* which could have local ones */
    add_uses(&published, it->fixtures, &no_case, it->plan->uses, it->plan->n_uses, -1);
    for (uint32_t i = 0; i < it->info->params.n; i++)
        add(&values, it->plan->values[i]);
    order->scenario = 0;
    order->fixture = it->info->index;
    order->fixtures = (struct message_list){published.items, published.n};
    order->values = (struct message_list){values.items, values.n};
    order->body_ns = (uint64_t)fixture_ready_limit(it);
    order->health_ns = it->info->health_interval_ms * (uint64_t)NS_PER_MS;
}

void fixtures_published(const struct fixtures *f, size_t i, struct arena *arena, struct fixture_published *ret)
{
    const struct case_fixtures *needs = fixtures_of(f->plan, i);
    struct texts of = {.arena = arena}, published = {.arena = arena, .of = &of};
    *ret = (struct fixture_published){0};
    if (!needs)
        return;
    add_uses_of_case(&published, f, needs);
    *ret = (struct fixture_published){{published.items, published.n}, of.items};
}

void fixture_published(const struct fixture_run *it, struct arena *arena, struct fixture_published *ret)
{
    static const struct case_fixtures no_case;
    struct texts of = {.arena = arena}, published = {.arena = arena, .of = &of};
    add_uses(&published, it->fixtures, &no_case, it->plan->uses, it->plan->n_uses, -1);
    *ret = (struct fixture_published){{published.items, published.n}, of.items};
}
