/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit chain.
 *
 * Append-only; every entry carries the hash of the one before, so that any change, removal or insertion is found by
 * recomputing. What may be written as an actor or a detail can come from outside: control characters become `?`, which
 * keeps the hashed text unambiguous.
 */
#ifndef TESTBED_AUDIT_H
#define TESTBED_AUDIT_H

#include "server/router.h"

/* What the user of r has done. */
void audit_ok(struct request *r, const char *action, const char *entity_type, const char *entity_id, const char *tenant,
              const char *format, ...) __attribute__((format(printf, 6, 7)));

/* What the platform has done by itself. */
void audit_system(struct testbed *tb, const char *action, const char *entity_type, const char *entity_id,
                  const char *tenant, const char *outcome, const char *detail);

/* What somebody was refused, or failed at. */
void audit_denied(struct testbed *tb, const char *actor, const char *action, const char *entity_type,
                  const char *entity_id, const char *tenant, const char *detail);
void audit_failed(struct testbed *tb, const char *actor, const char *action, const char *entity_type,
                  const char *entity_id, const char *tenant, const char *detail);

/* {ok, entries, head, first_bad_seq, reason} */
json_t *audit_recompute(struct testbed *tb);

/* /v1/audit */
extern const struct route audit_routes[];

#endif
