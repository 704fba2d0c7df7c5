/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A heap of things that may leave it from any place.
 *
 * A thing has a heap_node as its first member and is in one heap at a time; the heap borrows it. heap_add(),
 * heap_remove() and heap_pop() take a time that grows with the logarithm of what is in the heap. The key is set while
 * the thing is in none.
 */
#ifndef MUSTER_BASE_HEAP_H
#define MUSTER_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
    int64_t key;
    size_t at; /* the heap's: where it is */
};

struct heap {
    struct heap_node **items;
    size_t n, cap;
    bool greatest;  /* the greatest key is on top, else the least */
    uint64_t moves; /* how often a node was moved, for tests of growth */
};

void heap_free(struct heap *h);
void heap_add(struct heap *h, struct heap_node *node);
void heap_remove(struct heap *h, const struct heap_node *node);
/* The one on top; NULL when there is none. */
struct heap_node *heap_top(const struct heap *h);
/* Takes it out. There must be one. */
struct heap_node *heap_pop(struct heap *h);

#endif
