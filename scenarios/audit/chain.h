/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit chain, read over HTTP and recomputed here. Others write to it all the time: a scenario looks at entries of
 * its own, or at a stretch of the chain, and never counts on what stands between.
 */
#ifndef SCENARIOS_CHAIN_H
#define SCENARIOS_CHAIN_H

#include "common/tenant.h"

/* The answer to a query: {"entries": [...], "total": n}. */
struct m_json *audit_query(struct muster_ctx *t, const struct session *reader, const char *query);
/* The only entry that matches: its number; a failed check and 0 when there is none, or more than one. */
int64_t audit_only(struct muster_ctx *t, const struct session *reader, const char *query);
/* The number of the newest entry. */
int64_t audit_newest(struct muster_ctx *t, const struct session *reader);

/* Checks that the entries of an answer have no gap, that each carries the hash of the one before, and that each hash
 * fits its entry. */
void chain_check(struct muster_ctx *t, const struct m_json *entries);

#endif
