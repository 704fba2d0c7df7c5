/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user of each role that the target file names (`roles`). Those of a tenant go when it goes; the platform's own are
 * on the ledger before they are asked for.
 */
#ifndef SCENARIOS_PEOPLE_H
#define SCENARIOS_PEOPLE_H

#include "common/tenancy.h"

#define PEOPLE_MOST 32

/* What the functions below ask of the target, besides TENANCY_OPERATIONS. */
#define PEOPLE_OPERATIONS "user.create", "user.list", "user.delete"

struct people {
    const struct m_role *roles; /* of the target: n of them */
    uint64_t n;
    struct member all[PEOPLE_MOST]; /* one for each role, in the same order */
};

/* Nobody, where the target file names no roles. */
struct people people_begin(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant);
/* One user with this role, logged in; of the tenant, where the role is one of tenants. */
struct member people_one(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant,
                         const struct m_role *role);
/* The same user once more: a session that may end without the other. */
struct m_session *people_again(struct muster_ctx *t, const struct member *who);

#endif
