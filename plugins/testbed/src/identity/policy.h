/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a tenant protects its users: each tenant its own way. Whoever belongs to none is under the platform's defaults,
 * and so is a tenant that has said nothing.
 */
#ifndef TESTBED_POLICY_H
#define TESTBED_POLICY_H

#include "server/fields.h"
#include "server/router.h"

#define POLICY_NETWORKS_MAX 300

struct policy {
    int64_t password_min_length;            /* bytes of UTF-8 */
    int64_t lock_after, lock_seconds;       /* failed logins in a row, and for how long */
    int64_t session_seconds;                /* the longest life of a token that a login gives */
    char networks[POLICY_NETWORKS_MAX + 1]; /* "10.0.0.0/8 192.0.2.1/32": from where users come; "": from anywhere */
};

/* NULL or "": the defaults. */
struct policy policy_of(struct testbed *tb, const char *tenant_id);

/* Notes an error of the field when the password, which may be NULL, is too short for the tenant's users. */
void policy_check_password(struct fields *f, const char *name, const char *password, const char *tenant_id);

/* Whether the tenant's users may come from this address. */
bool policy_admits(struct testbed *tb, const struct policy *policy, const char *address);

/* With the tenant. */
void policy_forget(struct testbed *tb, const char *tenant_id);

/* /v1/tenants/{}/policy */
extern const struct route policy_routes[];

#endif
