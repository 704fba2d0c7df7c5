/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from strings to numbers, for finding an id among a hundred thousand. `struct idmap m = {0};` is
 * an empty one. Keys are borrowed and must outlive the map; they are given with their length, so that
 * a part of a string can be looked up without a copy. The owner calls idmap_free(). Pure, one thread.
 */
#ifndef MUSTER_PLAN_IDMAP_H
#define MUSTER_PLAN_IDMAP_H

#include <stddef.h>
#include <stdint.h>

struct idmap_slot;

struct idmap {
    struct idmap_slot *slots;
    size_t count, cap; /* cap is a power of two, or 0 */
};

#define IDMAP_NONE UINT32_MAX

/* Makes room, so that the next `n` insertions move nothing. */
void idmap_reserve(struct idmap *m, size_t n);
/* Enters the key unless it is there: IDMAP_NONE, or else the value that it has already. */
uint32_t idmap_put(struct idmap *m, const char *key, size_t len, uint32_t value);
/* The key's value, or IDMAP_NONE. */
uint32_t idmap_get(const struct idmap *m, const char *key, size_t len);
/* Takes back the latest insertion. Repeatable, latest first, as far as the last idmap_reserve(): older
 * ones may since have been found a new place. */
void idmap_undo(struct idmap *m, const char *key, size_t len);
void idmap_free(struct idmap *m);

#endif
