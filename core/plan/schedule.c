/* SPDX-License-Identifier: Apache-2.0 */
/* Which case begins next. */
#include "plan/schedule.h"

#include "base/buf.h"
#include "base/mem.h"
#include "plan/claims.h"
#include "plan/known.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Places below this one are for those that come back before all others. */
enum { FIRST_PLACE = 1 << 30 };

struct resource {
    uint32_t max, used, reserved; /* reserved: by those passed over in this decision */
    uint32_t owner;               /* the scenario that set `max` */
};

struct entry {
    uint32_t i; /* the case */
    uint32_t place;
};

/* First in, first out. */
struct queue {
    struct entry *items;
    size_t head, n, cap;
};

/* Cases with the same claims. */
struct line {
    struct queue again, waiting; /* again: those that come back before all others */
    uint32_t *resources;
    uint32_t n_resources, weight;
};

struct schedule {
    struct line *lines;
    size_t n_lines, cap_lines;
    uint32_t *line_of; /* by case; NULL while there is one line */
    uint32_t *heap;    /* lines that have somebody, the one with the lowest place on top */
    size_t n_heap;
    uint32_t *aside; /* room for lines passed over in a decision */
    struct resource *resources;
    size_t n_resources, cap_resources;
    struct idmap resource_names, line_names;
    struct arena arena; /* of the names */
    uint32_t slots, free;
    uint32_t next_first, next_last;
};

/* ---- queues ------------------------------------------------------------------------------------------------- */

static void queue_add(struct queue *q, struct entry e)
{
    if (q->n == q->cap && q->head > q->n / 2) { /* a queue that goes round and round doesn't grow */
        memmove(q->items, q->items + q->head, (q->n - q->head) * sizeof *q->items);
        q->n -= q->head;
        q->head = 0;
    }
    GROW(q->items, q->n, q->cap);
    q->items[q->n++] = e;
}

static bool queue_is_empty(const struct queue *q)
{
    return q->head == q->n;
}

static bool line_is_empty(const struct line *l)
{
    return queue_is_empty(&l->again) && queue_is_empty(&l->waiting);
}

static struct queue *line_front(struct line *l)
{
    return queue_is_empty(&l->again) ? &l->waiting : &l->again;
}

static uint32_t line_place(struct line *l)
{
    const struct queue *q = line_front(l);
    return q->items[q->head].place;
}

static struct line *line_of(const struct schedule *s, uint32_t i)
{
    return &s->lines[s->line_of ? s->line_of[i] : 0];
}

/* ---- the heap of lines ---------------------------------------------------------------------------------------- */

static bool is_before(const struct schedule *s, size_t a, size_t b)
{
    return line_place(&s->lines[s->heap[a]]) < line_place(&s->lines[s->heap[b]]);
}

static void heap_swap(struct schedule *s, size_t a, size_t b)
{
    uint32_t line = s->heap[a];
    s->heap[a] = s->heap[b];
    s->heap[b] = line;
}

static void heap_up(struct schedule *s, size_t at)
{
    for (; at > 0 && is_before(s, at, (at - 1) / 2); at = (at - 1) / 2)
        heap_swap(s, at, (at - 1) / 2);
}

static void heap_down(struct schedule *s, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < s->n_heap; child++)
            if (is_before(s, child, least))
                least = child;
        if (least == at)
            return;
        heap_swap(s, at, least);
        at = least;
    }
}

static void heap_add(struct schedule *s, uint32_t line)
{
    s->heap[s->n_heap++] = line;
    heap_up(s, s->n_heap - 1);
}

static uint32_t heap_pop(struct schedule *s)
{
    uint32_t line = s->heap[0];
    s->heap[0] = s->heap[--s->n_heap];
    heap_down(s, 0);
    return line;
}

/* ---- building --------------------------------------------------------------------------------------------------- */

static int find_resource(struct schedule *s, const struct catalogue *c, uint32_t scenario, const struct claim *claim,
                         uint32_t *ret_resource, struct err *err)
{
    autobuf struct buf name = {0};
    buf_addf(&name, "%s %s", claim->group ? "group" : "lock", claim->name);
    uint32_t found = idmap_get(&s->resource_names, buf_str(&name), name.len);
    if (found == IDMAP_NONE) {
        found = (uint32_t)s->n_resources;
        GROW(s->resources, s->n_resources, s->cap_resources);
        s->resources[s->n_resources++] = (struct resource){.max = claim->max, .owner = scenario};
        idmap_put(&s->resource_names, arena_strdup(&s->arena, buf_str(&name)), name.len, found);
    }
    const struct resource *r = &s->resources[found];
    if (r->max != claim->max)
        return known_error(&c->scenarios[scenario], claim->marker, err, "the group's max is %u in %s", r->max,
                           c->scenarios[r->owner].id);
    *ret_resource = found;
    return 0;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t find_line(struct schedule *s, const uint32_t *resources, uint32_t n, uint32_t weight)
{
    autobuf struct buf name = {0};
    buf_addf(&name, "%u", weight);
    for (uint32_t k = 0; k < n; k++)
        buf_addf(&name, " %u", resources[k]);
    uint32_t found = idmap_get(&s->line_names, buf_str(&name), name.len);
    if (found != IDMAP_NONE)
        return found;
    found = (uint32_t)s->n_lines;
    GROW(s->lines, s->n_lines, s->cap_lines);
    uint32_t *own = arena_alloc(&s->arena, (n ? n : 1) * sizeof *own);
    if (n > 0)
        memcpy(own, resources, n * sizeof *own);
    s->lines[s->n_lines++] = (struct line){.resources = own, .n_resources = n, .weight = weight};
    idmap_put(&s->line_names, arena_strdup(&s->arena, buf_str(&name)), name.len, found);
    return found;
}

static int line_for(struct schedule *s, const struct catalogue *c, const struct case_plan *plan, uint32_t *ret_line,
                    struct err *err)
{
    struct claims claims = {0};
    uint32_t resources[CLAIMS_MAX];
    int e = claims_of(&c->scenarios[plan->scenario], &claims, err);
    for (uint32_t k = 0; k < claims.n && e == 0; k++)
        e = find_resource(s, c, plan->scenario, &claims.items[k], &resources[k], err);
    if (e < 0)
        return e;
    qsort(resources, claims.n, sizeof *resources, by_number);
    uint32_t weight = claims.serial || claims.weight > s->slots ? s->slots : claims.weight;
    *ret_line = plan->skip_reason ? 0 : find_line(s, resources, claims.n, weight);
    return 0;
}

static int add_cases(struct schedule *s, const struct catalogue *c, const struct selection *selection,
                     const uint32_t *sequence, struct err *err)
{
    for (size_t k = 0; k < selection->n_cases; k++) {
        uint32_t i = sequence[k], line = 0;
        const struct case_plan *plan = &selection->cases[i];
        if (claims_any(&c->scenarios[plan->scenario])) {
            int e = line_for(s, c, plan, &line, err);
            if (e < 0)
                return e;
        }
        if (line > 0 && !s->line_of)
            s->line_of = xcalloc(selection->n_cases, sizeof *s->line_of);
        if (line > 0)
            s->line_of[i] = line;
        queue_add(&s->lines[line].waiting, (struct entry){i, s->next_last++});
    }
    return 0;
}

int schedule_new(const struct catalogue *c, const struct selection *selection, const uint32_t *sequence, uint32_t slots,
                 struct schedule **ret_schedule, struct err *err)
{
    assert(slots > 0);
    struct schedule *s = xcalloc(1, sizeof *s);
    s->slots = s->free = slots;
    s->next_last = FIRST_PLACE;
    find_line(s, NULL, 0, 1); /* line 0: no claims */
    int e = add_cases(s, c, selection, sequence, err);
    if (e < 0) {
        schedule_free(s);
        return e;
    }
    s->heap = xcalloc(s->n_lines, sizeof *s->heap);
    s->aside = xcalloc(s->n_lines, sizeof *s->aside);
    for (uint32_t l = 0; l < s->n_lines; l++)
        if (!line_is_empty(&s->lines[l]))
            heap_add(s, l);
    *ret_schedule = s;
    return 0;
}

void schedule_free(struct schedule *s)
{
    if (!s)
        return;
    for (size_t l = 0; l < s->n_lines; l++) {
        free(s->lines[l].again.items);
        free(s->lines[l].waiting.items);
    }
    free(s->lines);
    free(s->line_of);
    free(s->heap);
    free(s->aside);
    free(s->resources);
    idmap_free(&s->resource_names);
    idmap_free(&s->line_names);
    arena_free(&s->arena);
    free(s);
}

/* ---- deciding --------------------------------------------------------------------------------------------------- */

static bool has_its_claims(const struct schedule *s, const struct line *l)
{
    for (uint32_t k = 0; k < l->n_resources; k++) {
        const struct resource *r = &s->resources[l->resources[k]];
        if (r->used + r->reserved >= r->max)
            return false;
    }
    return true;
}

static void reserve(struct schedule *s, const struct line *l, bool reserved)
{
    for (uint32_t k = 0; k < l->n_resources; k++) {
        if (reserved)
            s->resources[l->resources[k]].reserved++;
        else
            s->resources[l->resources[k]].reserved--;
    }
}

/* Takes the head of the line on top of the heap. */
static uint32_t take_top(struct schedule *s)
{
    struct line *l = &s->lines[s->heap[0]];
    struct queue *q = line_front(l);
    uint32_t i = q->items[q->head++].i;
    s->free -= l->weight;
    for (uint32_t k = 0; k < l->n_resources; k++)
        s->resources[l->resources[k]].used++;
    if (line_is_empty(l))
        heap_pop(s);
    else
        heap_down(s, 0);
    return i;
}

bool schedule_next(struct schedule *s, uint32_t *ret_case)
{
    size_t n_aside = 0;
    bool found = false;
    while (s->free > 0 && s->n_heap > 0) {
        const struct line *l = &s->lines[s->heap[0]];
        if (has_its_claims(s, l)) {
            found = l->weight <= s->free;
            if (found)
                *ret_case = take_top(s);
            break;
        }
        reserve(s, l, true);
        s->aside[n_aside++] = heap_pop(s);
    }
    for (size_t k = 0; k < n_aside; k++) {
        reserve(s, &s->lines[s->aside[k]], false);
        heap_add(s, s->aside[k]);
    }
    return found;
}

void schedule_ended(struct schedule *s, uint32_t i)
{
    const struct line *l = line_of(s, i);
    s->free += l->weight;
    for (uint32_t k = 0; k < l->n_resources; k++)
        s->resources[l->resources[k]].used--;
}

static void put_back(struct schedule *s, struct line *l, struct queue *q, struct entry e)
{
    bool was_empty = line_is_empty(l);
    queue_add(q, e);
    uint32_t number = (uint32_t)(l - s->lines);
    if (was_empty) {
        heap_add(s, number);
        return;
    }
    for (size_t at = 0; at < s->n_heap; at++)
        if (s->heap[at] == number)
            heap_up(s, at); /* its head may be an earlier one now */
}

void schedule_first(struct schedule *s, uint32_t i)
{
    struct line *l = line_of(s, i);
    put_back(s, l, &l->again, (struct entry){i, s->next_first++});
}

void schedule_last(struct schedule *s, uint32_t i)
{
    struct line *l = line_of(s, i);
    put_back(s, l, &l->waiting, (struct entry){i, s->next_last++});
}

bool schedule_is_empty(const struct schedule *s)
{
    return s->n_heap == 0;
}

bool schedule_is_plain(const struct schedule *s)
{
    for (uint32_t i = 0; i < s->n_lines; i++)
        if (s->lines[i].n_resources > 0 || s->lines[i].weight != 1)
            return false;
    return true;
}
