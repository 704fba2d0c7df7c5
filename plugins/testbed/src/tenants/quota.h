/* SPDX-License-Identifier: Apache-2.0 */
/* What a tenant may use, and what it uses. */
#ifndef TESTBED_QUOTA_H
#define TESTBED_QUOTA_H

#include "server/request.h"

struct usage {
    int64_t workloads, replicas, storage_bytes, customers;
    int64_t streams; /* live connections that are open now */
};

/* A room above adds what a tenant uses of it: `count` is asked at each look. At most four. */
void quota_add_source(void (*count)(struct testbed *tb, const char *tenant_id, struct usage *add));

/* The quotas of a plan as a new object; NULL for an unknown plan. */
json_t *quota_of_plan(const char *plan);

/* {workloads, replicas, storage_bytes, customers, streams} as they are now. */
json_t *quota_usage(struct testbed *tb, const char *tenant_id);

/* Whether `more` of `what` would not be too much. */
bool quota_has_room(struct testbed *tb, const char *tenant_id, const char *what, int64_t more);

/* False after a 403 when `more` of `what` would be too much. */
bool quota_allows(struct request *r, const char *tenant_id, const char *what, int64_t more);

#endif
