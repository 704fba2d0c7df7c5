/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The id patterns of a command line, made ready to be asked about every id: the literal ones are found
 * by look-up, so that a list of ten thousand failed ids to run again costs no more than one. Borrows the
 * pattern strings. Pure; the owner calls patterns_free().
 */
#ifndef MUSTER_PLAN_PATTERNS_H
#define MUSTER_PLAN_PATTERNS_H

#include "plan/idmap.h"

#include <stdbool.h>
#include <stddef.h>

struct patterns {
    const char *const *texts;
    size_t n;
    struct idmap literal; /* text -> index */
    uint32_t *globs;      /* indexes of those that can be more than literal */
    size_t n_globs;
    bool *used; /* by index: has selected something */
};

void patterns_init(struct patterns *p, const char *const *texts, size_t n);
/* Whether any pattern selects the id, remembering which ones did; true without patterns. */
bool patterns_select(struct patterns *p, const char *id);
/* Whether one may select a case of the scenario with this id: not asking for its cases is safe when none does. */
bool patterns_concern(const struct patterns *p, const char *scenario);
/* The first pattern that has selected nothing, or NULL. */
const char *patterns_unused(const struct patterns *p);
void patterns_free(struct patterns *p);

#endif
