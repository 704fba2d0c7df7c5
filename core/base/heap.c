/* SPDX-License-Identifier: Apache-2.0 */
/* A heap of things that may leave it from any place. */
#include "base/heap.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

static bool is_before(const struct heap *h, const struct heap_node *a, const struct heap_node *b)
{
    return h->greatest ? a->key > b->key : a->key < b->key;
}

static void put(struct heap *h, size_t at, struct heap_node *node)
{
    h->items[at] = node;
    node->at = at;
    h->moves++;
}

static void sift_up(struct heap *h, struct heap_node *node)
{
    size_t at = node->at;
    for (; at > 0 && is_before(h, node, h->items[(at - 1) / 2]); at = (at - 1) / 2)
        put(h, at, h->items[(at - 1) / 2]);
    put(h, at, node);
}

static void sift_down(struct heap *h, struct heap_node *node)
{
    size_t at = node->at;
    for (size_t child; (child = 2 * at + 1) < h->n; at = child) {
        if (child + 1 < h->n && is_before(h, h->items[child + 1], h->items[child]))
            child++;
        if (!is_before(h, h->items[child], node))
            break;
        put(h, at, h->items[child]);
    }
    put(h, at, node);
}

void heap_free(struct heap *h)
{
    free(h->items);
    h->items = NULL;
    h->n = h->cap = 0;
}

void heap_add(struct heap *h, struct heap_node *node)
{
    GROW(h->items, h->n, h->cap);
    put(h, h->n++, node);
    sift_up(h, node);
}

void heap_remove(struct heap *h, const struct heap_node *node)
{
    assert(node->at < h->n && h->items[node->at] == node);
    struct heap_node *last = h->items[--h->n];
    if (last == node)
        return;
    put(h, node->at, last);
    sift_up(h, last);
    sift_down(h, last);
}

struct heap_node *heap_top(const struct heap *h)
{
    return h->n > 0 ? h->items[0] : NULL;
}

struct heap_node *heap_pop(struct heap *h)
{
    assert(h->n > 0);
    struct heap_node *top = h->items[0];
    heap_remove(h, top);
    return top;
}
