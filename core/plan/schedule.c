/* SPDX-License-Identifier: Apache-2.0 */
/* Which case begins next. */
#include "plan/schedule.h"

#include "base/buf.h"
#include "base/heap.h"
#include "base/mem.h"
#include "plan/claims.h"
#include "plan/known.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Where the places of each queue of a line begin. */
enum { AGAIN_PLACE = 1 << 29, WAITING_PLACE = 1 << 30 };

/*
 * Of those who want a resource, the first ones by place are let in, as many as it has room for; who is behind them is
 * passed over. A line may begin when all that it wants let it in: then everyone who is kept from beginning and stands
 * before it has been counted where the two want the same. Nobody is looked at twice for one that ends or begins: of
 * each resource that it had, one at most is let in and one is put off.
 */
struct resource {
    uint32_t max, used;
    uint32_t owner;              /* the scenario that set `max` */
    struct heap let_in, put_off; /* struct want; the last of the ones, the first of the others on top */
};

/* That a line wants a resource. */
struct want {
    struct heap_node node; /* by the line's place */
    uint32_t line, resource;
    bool let_in;
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
    struct heap_node node;              /* in `ready`, by place */
    struct queue first, again, waiting; /* in this order: first and again are of those that came back */
    struct want *wants;
    uint32_t n_wants, weight;
    uint32_t n_put_off; /* of the wants; 0: it is in `ready` when it has somebody */
};

struct schedule {
    struct line *lines;
    size_t n_lines, cap_lines;
    uint32_t *line_of; /* by case; NULL while there is one line */
    struct heap ready; /* lines that have somebody who may begin as far as resources go */
    size_t n_queued;
    struct resource *resources;
    size_t n_resources, cap_resources;
    struct idmap resource_names, line_names;
    struct arena arena; /* of the names */
    uint32_t slots, free;
    uint32_t next_first, next_again, next_last;
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
    return queue_is_empty(&l->first) && queue_is_empty(&l->again) && queue_is_empty(&l->waiting);
}

static struct queue *line_front(struct line *l)
{
    if (!queue_is_empty(&l->first))
        return &l->first;
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

/* ---- who may begin ------------------------------------------------------------------------------------------------
 */

/* `top`: it is the first of those that were put off, or the last of those that were let in. */
static void turn(struct schedule *s, struct want *top)
{
    struct resource *r = &s->resources[top->resource];
    struct line *l = &s->lines[top->line];
    heap_remove(top->let_in ? &r->let_in : &r->put_off, &top->node);
    top->let_in = !top->let_in;
    heap_put(top->let_in ? &r->let_in : &r->put_off, &top->node, top->node.key);
    if (!top->let_in && l->n_put_off++ == 0)
        heap_remove(&s->ready, &l->node);
    else if (top->let_in && --l->n_put_off == 0)
        heap_put(&s->ready, &l->node, line_place(l));
}

/* Lets in the first ones, as many as there is room for, after somebody came, left, began or ended. */
static void settle(struct schedule *s, struct resource *r)
{
    for (;;) {
        struct heap_node *in = heap_top(&r->let_in), *off = heap_top(&r->put_off);
        size_t room = r->max - r->used;
        if (r->let_in.n > room || (in && off && off->key < in->key))
            turn(s, container_of(in, struct want, node));
        else if (off && r->let_in.n < room)
            turn(s, container_of(off, struct want, node));
        else
            return;
    }
}

static void settle_all(struct schedule *s, const struct line *l)
{
    for (uint32_t k = 0; k < l->n_wants; k++)
        settle(s, &s->resources[l->wants[k].resource]);
}

/* A line that has somebody joins those who want the same, by the place of its first case. settle_all() afterwards. */
static void join(struct schedule *s, struct line *l)
{
    l->n_put_off = l->n_wants;
    for (uint32_t k = 0; k < l->n_wants; k++) {
        struct want *w = &l->wants[k];
        w->let_in = false;
        heap_put(&s->resources[w->resource].put_off, &w->node, line_place(l));
    }
    if (l->n_wants == 0)
        heap_put(&s->ready, &l->node, line_place(l));
}

static void leave(struct schedule *s, struct line *l)
{
    for (uint32_t k = 0; k < l->n_wants; k++) {
        struct want *w = &l->wants[k];
        struct resource *r = &s->resources[w->resource];
        heap_remove(w->let_in ? &r->let_in : &r->put_off, &w->node);
    }
    heap_remove(&s->ready, &l->node);
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
        s->resources[s->n_resources++] =
            (struct resource){.max = claim->max, .owner = scenario, .let_in.greatest = true};
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
    struct want *wants = arena_alloc(&s->arena, (n ? n : 1) * sizeof *wants);
    for (uint32_t k = 0; k < n; k++)
        wants[k] = (struct want){.line = found, .resource = resources[k]};
    s->lines[s->n_lines++] = (struct line){.wants = wants, .n_wants = n, .weight = weight};
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
        s->n_queued++;
    }
    return 0;
}

int schedule_new(const struct catalogue *c, const struct selection *selection, const uint32_t *sequence, uint32_t slots,
                 struct schedule **ret_schedule, struct err *err)
{
    assert(slots > 0);
    struct schedule *s = xcalloc(1, sizeof *s);
    s->slots = s->free = slots;
    s->next_again = AGAIN_PLACE;
    s->next_last = WAITING_PLACE;
    find_line(s, NULL, 0, 1); /* line 0: no claims */
    int e = add_cases(s, c, selection, sequence, err);
    if (e < 0) {
        schedule_free(s);
        return e;
    }
    for (size_t l = 0; l < s->n_lines; l++)
        if (!line_is_empty(&s->lines[l]))
            join(s, &s->lines[l]);
    for (size_t r = 0; r < s->n_resources; r++)
        settle(s, &s->resources[r]);
    *ret_schedule = s;
    return 0;
}

void schedule_free(struct schedule *s)
{
    if (!s)
        return;
    for (size_t l = 0; l < s->n_lines; l++) {
        free(s->lines[l].first.items);
        free(s->lines[l].again.items);
        free(s->lines[l].waiting.items);
    }
    for (size_t r = 0; r < s->n_resources; r++) {
        heap_free(&s->resources[r].let_in);
        heap_free(&s->resources[r].put_off);
    }
    heap_free(&s->ready);
    free(s->lines);
    free(s->line_of);
    free(s->resources);
    idmap_free(&s->resource_names);
    idmap_free(&s->line_names);
    arena_free(&s->arena);
    free(s);
}

/* ---- deciding --------------------------------------------------------------------------------------------------- */

/* What changes a line happens between leave() and this. */
static void rejoin(struct schedule *s, struct line *l)
{
    if (!line_is_empty(l))
        join(s, l);
    settle_all(s, l);
}

static uint32_t take_first(struct schedule *s, struct line *l)
{
    leave(s, l);
    struct queue *q = line_front(l);
    uint32_t i = q->items[q->head++].i;
    s->n_queued--;
    s->free -= l->weight;
    for (uint32_t k = 0; k < l->n_wants; k++)
        s->resources[l->wants[k].resource].used++;
    rejoin(s, l);
    return i;
}

/* The line whose first case begins next, as soon as slots are free. */
static struct line *next_line(const struct schedule *s)
{
    struct heap_node *first = heap_top(&s->ready);
    return first ? container_of(first, struct line, node) : NULL;
}

bool schedule_next(struct schedule *s, uint32_t *ret_case)
{
    struct line *l = next_line(s);
    if (!l || l->weight > s->free) /* nobody behind it is looked at: it would never have its weight */
        return false;
    *ret_case = take_first(s, l);
    return true;
}

bool schedule_peek(const struct schedule *s, uint32_t *ret_case)
{
    struct line *l = next_line(s);
    if (!l)
        return false;
    const struct queue *q = line_front(l);
    *ret_case = q->items[q->head].i;
    return true;
}

void schedule_ended(struct schedule *s, uint32_t i)
{
    const struct line *l = line_of(s, i);
    s->free += l->weight;
    for (uint32_t k = 0; k < l->n_wants; k++)
        s->resources[l->wants[k].resource].used--;
    settle_all(s, l);
}

static void put_back(struct schedule *s, struct line *l, struct queue *q, struct entry e)
{
    if (!line_is_empty(l))
        leave(s, l);
    queue_add(q, e);
    s->n_queued++;
    rejoin(s, l);
}

void schedule_first(struct schedule *s, uint32_t i)
{
    struct line *l = line_of(s, i);
    put_back(s, l, &l->first, (struct entry){i, s->next_first++});
}

void schedule_again(struct schedule *s, uint32_t i)
{
    struct line *l = line_of(s, i);
    put_back(s, l, &l->again, (struct entry){i, s->next_again++});
}

void schedule_last(struct schedule *s, uint32_t i)
{
    struct line *l = line_of(s, i);
    put_back(s, l, &l->waiting, (struct entry){i, s->next_last++});
}

bool schedule_is_plain(const struct schedule *s)
{
    for (uint32_t i = 0; i < s->n_lines; i++)
        if (s->lines[i].n_wants > 0 || s->lines[i].weight != 1)
            return false;
    return true;
}

uint64_t schedule_moves(const struct schedule *s)
{
    uint64_t moves = s->ready.moves;
    for (size_t r = 0; r < s->n_resources; r++)
        moves += s->resources[r].let_in.moves + s->resources[r].put_off.moves;
    return moves;
}
