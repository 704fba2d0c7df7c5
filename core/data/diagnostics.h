/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with a file, all of it at once: each mistake with its place, as compilers show it. A mistake is said
 * once, however often its place is looked at.
 */
#ifndef MUSTER_DATA_DIAGNOSTICS_H
#define MUSTER_DATA_DIAGNOSTICS_H

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

/* In a file; lines and columns count from 1. */
struct place {
    const char *file;
    uint32_t line, column;
};

struct mistake {
    struct place at;
    const char *text;
    uint32_t number; /* in which it was found: of two at one place the first stands first */
};

struct diagnostics {
    struct arena *arena; /* of the texts */
    struct mistake *items;
    size_t n, cap;
};

enum { DIAGNOSTICS_SHOWN = 20 };

void mistake(struct diagnostics *m, struct place at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* 0 without any; else -EINVAL, and *err has them one per line, by file and line. */
int diagnostics_end(struct diagnostics *m, struct err *err);
void diagnostics_free(struct diagnostics *m);

#endif
