/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who made what was set aside, or given up: it may turn out long after an attempt's verdict that something of it can't
 * be removed, and a path says nothing of who left it there. What is gone is forgotten.
 */
#ifndef MUSTER_SLOTDIR_MAKERS_H
#define MUSTER_SLOTDIR_MAKERS_H

#include <stddef.h>

struct maker {
    char *path; /* absolute */
    char *who;
};

struct makers {
    struct maker *items;
    size_t n, cap;
};

void makers_note(struct makers *m, const char *path, const char *who);
/* The last one of that path; NULL: nobody knows. */
const char *makers_find(const struct makers *m, const char *path);
void makers_forget_gone(struct makers *m);
void makers_free(struct makers *m);

#endif
