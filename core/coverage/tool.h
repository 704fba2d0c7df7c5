/* SPDX-License-Identifier: Apache-2.0 */
/* A program of the collector's: run without a shell, to its end. */
#ifndef MUSTER_COVERAGE_TOOL_H
#define MUSTER_COVERAGE_TOOL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Arguments, of which none is a copy. */
struct arguments {
    const char **items;
    size_t n, cap;
};
void arguments_add(struct arguments *a, const char *argument);
void arguments_free(struct arguments *a);
static inline void cleanup_arguments(struct arguments *a)
{
    arguments_free(a);
}
#define autoarguments __attribute__((cleanup(cleanup_arguments))) struct arguments

/* Whether PATH has it. */
bool tool_is_there(const char *name);

struct tool_run {
    int signals;
    int log;        /* what it complains of */
    int out;        /* what it prints; `log` when there is no other place for that */
    int *interrupt; /* the signal that ended it */
};
/* Negative unless it ends with status 0: -EINTR after a signal, which ended it. *err says which program, and how. */
int tool_run(const struct tool_run *t, struct arguments *a, struct err *err);

#endif
