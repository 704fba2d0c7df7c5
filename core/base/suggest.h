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
/* The same for an id with dots, of which only the end may have been written: each end is compared, and the id offered.
 */
void suggest_offer_id(struct suggestion *s, const char *id);
/* Whether `meant`, with a slip or two, is a part of one of the names: of a short word every second name would be. Where
 * a name was near enough as a whole, it is not looked for. */
void suggest_within(struct suggestion *s, const char *const *names, size_t n);

#endif
