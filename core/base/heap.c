/* SPDX-License-Identifier: Apache-2.0 */
/* A binary heap whose members know their places. */
#include "base/heap.h"

#include "base/mem.h"

#include <stdlib.h>

/* Places count from 1: the parent of n is n / 2, and 0 is nowhere. */
static struct heap_node **at(const struct heap *h, size_t place)
{
    return &h->items[place - 1];
}

static bool is_before(const struct heap *h, const struct heap_node *a, const struct heap_node *b)
{
    if (a->key == b->key)
        return a->serial < b->serial;
    return h->greatest ? a->key > b->key : a->key < b->key;
}

static void put(struct heap *h, size_t place, struct heap_node *node)
{
    *at(h, place) = node;
    node->place = place;
    h->moves++;
}

static void move_up(struct heap *h, struct heap_node *node, size_t place)
{
    for (; place > 1 && is_before(h, node, *at(h, place / 2)); place /= 2)
        put(h, place, *at(h, place / 2));
    put(h, place, node);
}

static void move_down(struct heap *h, struct heap_node *node, size_t place)
{
    for (size_t child; (child = 2 * place) <= h->n; place = child) {
        if (child < h->n && is_before(h, *at(h, child + 1), *at(h, child)))
            child++;
        if (!is_before(h, *at(h, child), node))
            break;
        put(h, place, *at(h, child));
    }
    put(h, place, node);
}

/* To where it belongs, from a place that may be too high or too low for it. */
static void settle(struct heap *h, struct heap_node *node, size_t place)
{
    if (place > 1 && is_before(h, node, *at(h, place / 2)))
        move_up(h, node, place);
    else
        move_down(h, node, place);
}

void heap_put(struct heap *h, struct heap_node *node, int64_t key)
{
    node->key = key;
    node->serial = h->serial++;
    if (node->place > 0) {
        settle(h, node, node->place);
        return;
    }
    GROW(h->items, h->n, h->cap);
    move_up(h, node, ++h->n);
}

void heap_remove(struct heap *h, struct heap_node *node)
{
    size_t place = node->place;
    if (place == 0)
        return;
    struct heap_node *last = *at(h, h->n--);
    node->place = 0;
    if (last != node)
        settle(h, last, place);
}

struct heap_node *heap_top(const struct heap *h)
{
    return h->n > 0 ? h->items[0] : NULL;
}

void heap_free(struct heap *h)
{
    free(h->items);
    *h = (struct heap){0};
}
