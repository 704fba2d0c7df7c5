/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing a value with what is expected of it: eq, ne, lt, le, gt, ge, matches, contains, lacks, exists, type,
 * length, in. Pure.
 */
#ifndef MUSTER_DATA_MATCH_H
#define MUSTER_DATA_MATCH_H

#include <jansson.h>
#include <regex.h>
#include <stdbool.h>

enum match_op {
    MATCH_EQ,
    MATCH_NE,
    MATCH_LT,
    MATCH_LE,
    MATCH_GT,
    MATCH_GE,
    MATCH_MATCHES,
    MATCH_CONTAINS,
    MATCH_LACKS,
    MATCH_EXISTS,
    MATCH_TYPE,
    MATCH_LENGTH,
    MATCH_IN,
    MATCH_N
};

/* "eq"; and "==", "is longer": how it reads in an expression. */
const char *match_name(enum match_op op);
const char *match_symbol(enum match_op op);
/* MATCH_N when it is none. */
enum match_op match_find(const char *name);
/* The operator that a key was probably meant to be: a slip away from a long one, a letter of a short one written twice,
 * or what other tools call it. MATCH_N: it may be any word. */
enum match_op match_meant(const char *key);
/* An order was asked for between a number and a text, which have none: a mistake, and not an answer. */
bool match_is_mixed(enum match_op op, const json_t *actual, const json_t *expected);
/* What is wrong with this as the right side of `op`, or NULL. */
const char *match_fault(enum match_op op, const json_t *expected);

/* `actual` is NULL when there is nothing. Numbers are compared by value (5 is 5.0), texts by their bytes, and a number
 * is never a text. `regex` is the right side of MATCH_MATCHES, compiled; NULL: to be compiled here. */
bool match(enum match_op op, const json_t *actual, const json_t *expected, const regex_t *regex);

#endif
