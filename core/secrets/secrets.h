/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The secrets of a run: values that nothing shows and nothing keeps, in whatever spelling (spellings.h).
 *
 * They may be added while the run goes on. In the supervisor, which has one thread; the owner calls secrets_free().
 */
#ifndef MUSTER_SECRETS_SECRETS_H
#define MUSTER_SECRETS_SECRETS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "secrets/matcher.h"

enum {
    SECRET_LEAST = 8, /* bytes: shorter ones stand in too much that is none */
    SECRET_MOST = 16 * 1024,
};

struct secrets;

struct secrets *secrets_new(void);
void secrets_free(struct secrets *s);
/* The bytes are copied. -ERANGE: it is shorter than SECRET_LEAST; -E2BIG: it is longer than SECRET_MOST, or all of them
 * are too many. One that is known already is none more. */
int secrets_add(struct secrets *s, const char *name, const char *value, size_t len, struct err *err);
/* NULL, or none: false. */
bool secrets_any(const struct secrets *s);

/* For who seeks them: the automaton, whose matches have a secret's number as their owner; not NULL where there are any.
 * The version is another one whenever they have become more: states of the automaton before are no states of it. */
const struct matcher *secrets_matcher(const struct secrets *s);
uint64_t secrets_version(const struct secrets *s);
const char *secrets_name(const struct secrets *s, uint32_t owner);

#endif
