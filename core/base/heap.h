/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A heap whose members may leave it from any place.
 *
 * A node is a member of what it belongs to (container_of()), and stays where it is in memory while it is in a heap, one
 * at most; the heap holds pointers to it. What changes the heap costs the logarithm of how many are in it. Of equal
 * keys the one that was added first is on top.
 */
#ifndef MUSTER_BASE_HEAP_H
#define MUSTER_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
    int64_t key;
    uint64_t serial; /* of its coming */
    size_t place;    /* from 1; 0: it is in none. A zeroed node is one that is in none */
};

struct heap {
    struct heap_node **items;
    size_t n, cap;
    uint64_t serial;
    uint64_t moves; /* how often a node was put somewhere: for tests of growth */
    bool greatest;  /* the greatest key is on top, else the least */
};

/* The struct whose member `member_` is at `pointer_`. */
#define container_of(pointer_, type_, member_) ((type_ *)(void *)((char *)(pointer_)-offsetof(type_, member_)))

/* Adds it, or moves one that is in already. */
void heap_put(struct heap *h, struct heap_node *node, int64_t key);
/* Takes it out; nothing when it is in none. */
void heap_remove(struct heap *h, struct heap_node *node);
/* The one on top, which stays; NULL when there is none. */
struct heap_node *heap_top(const struct heap *h);
void heap_free(struct heap *h);

#endif
