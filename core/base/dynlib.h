/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries that are loaded when they are first needed, so that a run that doesn't need one doesn't pay for it. Whoever
 * uses one keeps a table of pointers that the library's own header types (__typeof__(name) *name).
 */
#ifndef MUSTER_BASE_DYNLIB_H
#define MUSTER_BASE_DYNLIB_H

#include "base/err.h"

#include <stddef.h>

struct library_symbol {
    const char *name;
    void *place; /* of the pointer to it */
};

/* Loads the library unless *library says that it is, fills all places, and sets *library. -ENOSYS, with the library's
 * and the symbol's name, when it can't be had; nothing counts as loaded then. */
int library_load(const char *soname, const struct library_symbol *symbols, size_t n, void **library, struct err *err);

#endif
