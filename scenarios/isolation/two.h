/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two tenants side by side, each with one thing of each kind that the target's operations name, and what tells them
 * apart in an answer.
 */
#ifndef SCENARIOS_TWO_H
#define SCENARIOS_TWO_H

#include "common/people.h"
#include "common/things.h"

/* What the functions below ask of the target: all that it has. */
#define TWO_OPERATIONS "*", TENANCY_OPERATIONS, PEOPLE_OPERATIONS

struct side {
    struct tenancy tenant;
    struct things things;
};

struct two {
    struct m_session *platform;
    struct side ours, theirs;
};

struct two two_begin(struct muster_ctx *t);
/* One more thing of each kind. */
void two_grow(struct muster_ctx *t, const struct two *two, struct side *side);

/*
 * What of the side is in a text: its tenant's id, name or administrator, or the id of one of its things; NULL: nothing.
 * Ids that are mere numbers say nothing, and are not looked for.
 */
const char *two_trace_of(const struct side *side, const char *text);

/*
 * Checks that nothing which `session` may read has a trace of `other`: each operation of the target that reads is done
 * with what it takes from `own`, and once more without what it need not be given. How many answers spoke of `own`.
 */
int two_check_reads(struct muster_ctx *t, struct m_session *session, const struct side *own, const struct side *other);

#endif
