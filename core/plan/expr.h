/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The expressions of -m and -k: pytest's grammar and meaning (pytest 8.3).
 *
 *     expression = [ or ] END
 *     or         = and { "or" and }
 *     and        = not { "and" not }
 *     not        = "not" not | "(" or ")" | NAME [ "(" NAME "=" VALUE { "," NAME "=" VALUE } ")" ]
 *     VALUE      = ["-"] DIGITS | "True" | "False" | "None" | a string in '..' or "..", without escapes
 *
 * -m: NAME is true of a scenario with a marker of that name; NAME(key=value) where one such marker has
 * all these arguments, compared as marker_value_equal() does. -k: NAME is true where it is part of one
 * of the scenario's names, upper and lower case of ASCII letters being the same; it takes no arguments.
 * An empty or blank expression is true of everything.
 *
 * Pure values. A parsed expression owns all it needs (the text may go) and is constant: it may be
 * matched from anywhere. Matching allocates nothing and cannot fail. A mistake in the text is -EINVAL
 * with column, text and caret; nesting deeper than 200 parentheses is one.
 */
#ifndef MUSTER_PLAN_EXPR_H
#define MUSTER_PLAN_EXPR_H

#include "base/err.h"
#include "plan/marker.h"

#include <stdbool.h>
#include <stddef.h>

struct expr;

int expr_parse(const char *text, struct expr **ret_expr, struct err *err);
int expr_parse_keyword(const char *text, struct expr **ret_expr, struct err *err);
void expr_free(struct expr *e); /* NULL is fine */
static inline void expr_freep(struct expr **e)
{
    expr_free(*e);
}
#define autoexpr __attribute__((cleanup(expr_freep)))

/* For what expr_parse() gave. */
bool expr_match_markers(const struct expr *e, const struct marker *markers, uint32_t n);
/* Hands out every name of what expr_parse() gave, in order; one that stands twice, twice. They are the expression's. */
void expr_each_name(const struct expr *e, void (*take)(const char *name, void *data), void *data);
/* For what expr_parse_keyword() gave. */
bool expr_match_names(const struct expr *e, const char *const *names, size_t n);

#endif
