/* SPDX-License-Identifier: Apache-2.0 */
/* The audit chain, as it is read through the target. */
#ifndef SCENARIOS_CHAIN_H
#define SCENARIOS_CHAIN_H

#include "common/tenancy.h"

#define AUDIT_OPERATIONS TENANCY_OPERATIONS, "audit.list"

/* Checks that there is exactly one entry of this kind: AUDIT_ONLY(platform, ARG("action", "user.delete")). Its number;
 * 0 after a failure. */
#define AUDIT_ONLY(reader_, ...) audit_only(t, DO((reader_), "audit.list", __VA_ARGS__))

int64_t audit_only(struct muster_ctx *t, const struct m_json *found);
/* The number of the newest entry. */
int64_t audit_newest(struct m_session *reader);
/* Recomputes the hashes of the entries, and checks that each follows the one before. */
void chain_check(struct muster_ctx *t, const struct m_json *found);
/* Checks that they say several things in each of their fields: what is the same in all may be missing in the hash. */
void chain_tells(struct muster_ctx *t, const struct m_json *found);

#endif
