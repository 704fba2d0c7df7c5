/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Markers: labels with optional arguments, written as pytest writes them:
 *
 *     priority_p0    timeout(300)    flaky(reruns=3)    issue(id=4711, tracker="main")
 *
 * Pure values. A marker's strings live in the arena that marker_parse() was given.
 */
#ifndef MUSTER_PLAN_MARKER_H
#define MUSTER_PLAN_MARKER_H

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

enum marker_value_type { MARKER_NONE, MARKER_BOOL, MARKER_INT, MARKER_FLOAT, MARKER_STR };

struct marker_value {
    enum marker_value_type type;
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *text;
    };
};

struct marker_arg {
    const char *key; /* NULL for a positional argument */
    struct marker_value value;
};

/* Values as in Python: 4711, -1.5, "text" or 'text' (escapes \\ \' \" \n \t \r), True, False, None; true and
 * false too, for C. Any other bare word is a string. Names are words as in -m; arguments without a name
 * come first. */
struct marker {
    const char *text; /* as written */
    const char *name;
    const struct marker_arg *args;
    uint32_t n_args;
};

/* Parses one marker; on -EINVAL *err names the column (from 1) and shows a caret under it. */
int marker_parse(const char *text, struct arena *arena, struct marker *ret_marker, struct err *err);
/* The argument named `key`, or the `position`th positional one (from 0); NULL if there is neither.
 * key may be NULL, position may be -1. */
const struct marker_value *marker_arg(const struct marker *m, const char *key, int position);
/* Python's ==, which pytest compares arguments with: numbers by value whatever their type (True is 1,
 * 1.0 is 1), a number never equals a string. */
bool marker_value_equal(const struct marker_value *a, const struct marker_value *b);
const struct marker *marker_find(const struct marker *markers, uint32_t n, const char *name);

#endif
