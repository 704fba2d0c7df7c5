/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left of a run's temporary folders, in lines for a person: the first of what can't be removed in each folder
 * of a slot, why, and whose it is.
 */
#ifndef MUSTER_SLOTDIR_LEFT_H
#define MUSTER_SLOTDIR_LEFT_H

#include "base/buf.h"
#include "slotdir/makers.h"
#include "slotdir/slotdir.h"

/* Removes what little may still be removed, since that is how it is found. Adds some lines at the most, each with its
 * end; none when nothing is left. */
void left_list(const struct workspace *w, const struct makers *makers, struct buf *lines);
/* The same where these paths stay, which are in use by who outlives the run, and so the two folders themselves. */
struct left_beside {
    const char *const *stay;
    size_t n_stay;
    /* All else is removed, however long that takes: asked before each step, of all removals, it ends them by false.
     * NULL: nothing does. */
    bool (*go_on)(void *data, uint64_t steps);
    void *data;
};

void left_list_beside(const struct workspace *w, const struct makers *makers, const struct left_beside *o,
                      struct buf *lines);

#endif
