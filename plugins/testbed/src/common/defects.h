/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seeded bugs.
 *
 * One bit each, set from the command line at start and never changed. The code that misbehaves asks `defect(tb, D_...)`
 * at the very line where the honest platform does the right thing, so that a reader finds every bug by the name of its
 * constant.
 */
#ifndef TESTBED_DEFECTS_H
#define TESTBED_DEFECTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum defect_id {
    D_DUPLICATE_SUBDOMAIN,
    D_ROLLBACK_LEAVES_SCHEMA,
    D_STEP_SKIPPED,
    D_VALIDATION_MISSING,
    D_ADMIN_LOGIN_BROKEN,
    D_DEPROVISION_LEAVES_DATA,
    D_STOPPED_STAYS_STOPPED,
    D_SCALE_MISCOUNT,
    D_DELETE_LEAVES_PROCESS,
    D_BACKUP_EMPTY,
    D_UPDATE_DOWNTIME,
    D_ROLLBACK_KEEPS_VERSION,
    D_QUOTA_IGNORED,
    D_LOST_UPDATE,
    D_CROSS_TENANT_READ,
    D_BACKUP_BY_ID_ALONE,
    D_EXPIRED_TOKEN_ACCEPTED,
    D_REVOKED_TOKEN_ACCEPTED,
    D_UNSIGNED_TOKEN_ACCEPTED,
    D_ROLE_ESCALATION,
    D_LOCKOUT_MISSING,
    D_RATE_LIMIT_MISSING,
    D_REPLAY_ACCEPTED,
    D_AUDIT_REWRITE,
    D_AUDIT_GAP,
    D_AUDIT_DENIALS_MISSING,
    D_AUDIT_WRONG_ACTOR,
    D_AUDIT_CHAIN_BROKEN,
    D_EVENT_CROSS_TENANT,
    D_EVENT_LOST_ON_BURST,
    D_EVENT_DUPLICATE,
    D_EVENT_REORDER,
    D_UNSUBSCRIBE_IGNORED,
    D_WS_TOKEN_UNCHECKED,
    DEFECT_COUNT
};

/* -ENOENT when no defect has this name; *set is not touched then. */
int defects_add(uint64_t *set, const char *name);

const char *defect_name(enum defect_id id);

void defects_print(FILE *out, bool as_json);

#endif
