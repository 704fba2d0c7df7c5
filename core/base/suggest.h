/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Did you mean ...?": finds, among many names, the one that a mistyped one was probably meant to be.
 * Pure; the names are borrowed.
 */
#ifndef MUSTER_BASE_SUGGEST_H
#define MUSTER_BASE_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *meant; /* the mistyped name; its `*` and `?` fit anything */
    const char *best;  /* the nearest so far; NULL: none is near enough */
    size_t distance;   /* what to stay below */
};

struct suggestion suggest_start(const char *meant);
/* Considers one more name. Of equally near ones the first stays. */
void suggest_offer(struct suggestion *s, const char *name);

#endif
