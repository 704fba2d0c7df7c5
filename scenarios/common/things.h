/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tenant's things, one of each kind that the target's operations name (`of: KIND`), and arguments made of them. Which
 * operation makes a kind is read from the target file: KIND.create, with what it requires, in whose result the id is.
 */
#ifndef SCENARIOS_THINGS_H
#define SCENARIOS_THINGS_H

#include "common/tenancy.h"

#define THINGS_MOST 64

struct thing {
    const char *kind;
    const char *id;  /* NULL: there is none */
    const char *why; /* there is none */
};

struct things {
    struct thing all[THINGS_MOST];
    int n;
};

/* One of each kind that `o` takes, and of each that its maker takes. By `platform`, for `tenant`. */
void things_for(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant, struct things *things,
                const struct m_operation *o);
/* Puts something under the keys that operations with the verb `put` take, where all that they name is among the things:
 * nothing is found where nothing is. */
void things_put(struct muster_ctx *t, struct m_session *platform, const struct things *things);
/* NULL: nobody has asked for that kind yet. */
const struct thing *things_find(const struct things *things, const char *kind);
/* The first kind of thing that the operation names and that there is none of; NULL: all are there. */
const struct thing *things_missing(const struct things *things, const struct m_operation *o);
/* How many arguments of the operation name a thing. */
int things_named(const struct m_operation *o);
/* What the operation takes, as one JSON object: the things that it names, and plausible values for what else it
 * requires. The thing of argument number `n_other` (0: the first that names one) is taken from `other`; -1: none. */
struct m_json *things_arguments(struct muster_ctx *t, const struct things *things, const struct m_operation *o,
                                const struct things *other, int n_other);

#endif
