/* SPDX-License-Identifier: Apache-2.0 */
/* The table of seeded bugs: names, kinds, summaries. */
#include "common/defects.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

struct defect {
    const char *name;
    const char *kind;
    const char *summary;
};

static const struct defect defects[DEFECT_COUNT] = {
    [D_DUPLICATE_SUBDOMAIN] = {"duplicate-subdomain", "provisioning", "two tenants may take one subdomain"},
    [D_ROLLBACK_LEAVES_SCHEMA] = {"rollback-leaves-schema", "provisioning",
                                  "a failed provisioning leaves the tenant's schema behind"},
    [D_STEP_SKIPPED] = {"step-skipped", "provisioning",
                        "seed_reference_data is never run, yet the tenant becomes active"},
    [D_VALIDATION_MISSING] = {"validation-missing", "provisioning",
                              "an unknown plan and a malformed subdomain are accepted"},
    [D_ADMIN_LOGIN_BROKEN] = {"admin-login-broken", "provisioning",
                              "the tenant's administrator cannot log in after provisioning"},
    [D_DEPROVISION_LEAVES_DATA] = {"deprovision-leaves-data", "provisioning",
                                   "deprovisioning leaves schema, customers and users"},
    [D_STOPPED_STAYS_STOPPED] = {"stopped-stays-stopped", "lifecycle", "a replica that died is not replaced"},
    [D_SCALE_MISCOUNT] = {"scale-miscount", "lifecycle",
                          "scaling starts one process fewer than asked, and reports all as ready"},
    [D_DELETE_LEAVES_PROCESS] = {"delete-leaves-process", "lifecycle",
                                 "deleting a workload leaves one of its processes running"},
    [D_BACKUP_EMPTY] = {"backup-empty", "lifecycle", "a backup reports its items but holds none"},
    [D_UPDATE_DOWNTIME] = {"update-downtime", "lifecycle", "an update ends all old replicas before it starts new ones"},
    [D_ROLLBACK_KEEPS_VERSION] = {"rollback-keeps-version", "lifecycle",
                                  "a rollback reports the previous version but goes on running the new one"},
    [D_QUOTA_IGNORED] = {"quota-ignored", "lifecycle", "quotas are not enforced"},
    [D_LOST_UPDATE] = {"lost-update", "lifecycle", "stale If-Match and version are ignored"},
    [D_CROSS_TENANT_READ] = {"cross-tenant-read", "security", "a tenant's user can read another tenant's customers"},
    [D_BACKUP_BY_ID_ALONE] = {"backup-by-id-alone", "security",
                              "a restore finds a backup by its id alone, whosever it is"},
    [D_EXPIRED_TOKEN_ACCEPTED] = {"expired-token-accepted", "security", "expiry of tokens is not checked"},
    [D_REVOKED_TOKEN_ACCEPTED] = {"revoked-token-accepted", "security",
                                  "a token still works after logout or revocation"},
    [D_UNSIGNED_TOKEN_ACCEPTED] = {"unsigned-token-accepted", "security",
                                   "a token whose header says alg: none is taken without a signature"},
    [D_ROLE_ESCALATION] = {"role-escalation", "security", "a user can give himself any role"},
    [D_LOCKOUT_MISSING] = {"lockout-missing", "security", "failed logins never lock an account"},
    [D_RATE_LIMIT_MISSING] = {"rate-limit-missing", "security", "failed logins are never limited"},
    [D_REPLAY_ACCEPTED] = {"replay-accepted", "security", "a signed request can be sent again"},
    [D_AUDIT_REWRITE] = {"audit-rewrite", "audit", "an audit entry can be rewritten"},
    [D_AUDIT_GAP] = {"audit-gap", "audit", "deletions leave no entry"},
    [D_AUDIT_DENIALS_MISSING] = {"audit-denials-missing", "audit", "failed logins and denied requests leave no entry"},
    [D_AUDIT_WRONG_ACTOR] = {"audit-wrong-actor", "audit", "changes are recorded under system instead of the user"},
    [D_AUDIT_CHAIN_BROKEN] = {"audit-chain-broken", "audit",
                              "every fifth entry does not carry the hash of the one before"},
    [D_EVENT_CROSS_TENANT] = {"event-cross-tenant", "websocket", "tenant users receive other tenants' events"},
    [D_EVENT_LOST_ON_BURST] = {"event-lost-on-burst", "websocket",
                               "with more than 16 frames pending, events are dropped without a gap in seq"},
    [D_EVENT_DUPLICATE] = {"event-duplicate", "websocket", "an event that matches two patterns is delivered twice"},
    [D_EVENT_REORDER] = {"event-reorder", "websocket", "two events that are pending together may change places"},
    [D_UNSUBSCRIBE_IGNORED] = {"unsubscribe-ignored", "websocket", "after unsubscribing, events still come"},
    [D_WS_TOKEN_UNCHECKED] = {"ws-token-unchecked", "websocket", "the handshake takes any token"},
};
_Static_assert(DEFECT_COUNT <= 64, "one bit each in a uint64_t");

int defects_add(uint64_t *set, const char *name)
{
    for (int i = 0; i < DEFECT_COUNT; i++) {
        if (strcmp(defects[i].name, name) == 0) {
            *set |= UINT64_C(1) << i;
            return 0;
        }
    }
    return -ENOENT;
}

const char *defect_name(enum defect_id id)
{
    return defects[id].name;
}

void defects_print(FILE *out, bool as_json)
{
    json_t *list = json_array();

    for (int i = 0; i < DEFECT_COUNT; i++) {
        const struct defect *d = &defects[i];
        if (as_json)
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:s}", "name", d->name, "kind", d->kind, "summary", d->summary));
        else
            fprintf(out, "%-26s %-13s %s\n", d->name, d->kind, d->summary);
    }
    if (as_json) {
        json_dumpf(list, out, JSON_INDENT(2));
        fputc('\n', out);
    }
    json_decref(list);
}
