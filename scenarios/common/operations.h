/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be known of an operation by who goes through all of the target's: whether it looks, changes or takes away,
 * and whether a refusal was about who asked.
 */
#ifndef SCENARIOS_OPERATIONS_H
#define SCENARIOS_OPERATIONS_H

#include <muster/kit/target.h>

#define OPERATIONS_MOST 512

/* What does no harm comes first, and what would take the tenant itself away comes last: what one attempt breaks is not
 * there for the next. */
enum operation_rank { OPERATION_READS, OPERATION_CHANGES, OPERATION_REMOVES, OPERATION_ENDS, OPERATION_RANKS };

/* OPERATION_RANKS: a page, which no session asks for. */
enum operation_rank operation_rank(const struct m_operation *o);
/* Behind the last dot: "create". */
const char *operation_verb(const struct m_operation *o);
int operation_word_is_one_of(const char *word, const char *const *list);

/* 1: this refusal says that it was about who asks. What is refused as invalid, or as in conflict with how things are,
 * has been looked at with somebody else's eyes. */
int refusal_is_about_who(const char *name);
/* "done", "refused as forbidden". */
const char *operation_outcome(struct muster_ctx *t, const struct m_tried *tried);

#endif
