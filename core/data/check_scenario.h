/* SPDX-License-Identifier: Apache-2.0 */
/* Checking one scenario of a file. */
#ifndef MUSTER_DATA_CHECK_SCENARIO_H
#define MUSTER_DATA_CHECK_SCENARIO_H

#include "data/check.h"

/* What the file says for all of its scenarios. */
struct scenario_context {
    const struct node *defaults;    /* or NULL */
    const struct node *const *vars; /* of included files, then of the file itself */
    size_t n_vars;
};

/* Forgets the scenario before. */
void scenario_begin(struct checker *c);
void check_scenario(struct checker *c, const struct key *key, const struct node *n, const struct scenario_context *in,
                    struct checked_scenario *ret);
/* A map of names to values, which become variables. */
void check_variables(struct checker *c, const struct node *vars);
/* The fixtures under `uses` of a map become known. ret_uses may be NULL. */
void check_uses(struct checker *c, const struct node *map, const char *const **ret_uses);

#endif
