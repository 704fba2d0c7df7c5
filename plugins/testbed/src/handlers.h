/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers that the routing table names, by the file that holds them. Each answers the request. */
#ifndef TESTBED_HANDLERS_H
#define TESTBED_HANDLERS_H

#include "request.h"

/* health.c */
void health_get(struct request *r);
void metrics_get(struct request *r);

/* auth_api.c */
void auth_login(struct request *r);
void auth_logout(struct request *r);
void auth_me(struct request *r);
void auth_password(struct request *r);
void tokens_issue(struct request *r);
void tokens_revoke(struct request *r);

/* api_key.c */
void api_keys_create(struct request *r);
void api_keys_list(struct request *r);
void api_keys_delete(struct request *r);

/* users.c */
void users_create(struct request *r);
void users_list(struct request *r);
void users_get(struct request *r);
void users_patch(struct request *r);
void users_delete(struct request *r);
void users_unlock(struct request *r);

/* tenants.c */
void tenants_create(struct request *r);
void tenants_list(struct request *r);
void tenants_get(struct request *r);
void tenants_patch(struct request *r);
void tenants_delete(struct request *r);
void tenants_provisioning(struct request *r);
void tenants_resources(struct request *r);

/* customers.c */
void customers_create(struct request *r);
void customers_list(struct request *r);
void customers_get(struct request *r);
void customers_put(struct request *r);
void customers_patch(struct request *r);
void customers_delete(struct request *r);

/* workloads_api.c */
void workloads_create(struct request *r);
void workloads_list(struct request *r);
void workloads_get(struct request *r);
void workloads_delete(struct request *r);
void workloads_scale(struct request *r);
void workloads_update(struct request *r);
void workloads_rollback(struct request *r);
void workloads_stop(struct request *r);
void workloads_start(struct request *r);

/* workload_process.c */
void workloads_kill(struct request *r);
void workloads_request(struct request *r);

/* workload_data.c */
void workload_data_list(struct request *r);
void workload_data_get(struct request *r);
void workload_data_put(struct request *r);
void workload_data_delete(struct request *r);

/* workload_backup.c */
void backups_create(struct request *r);
void backups_list(struct request *r);
void backups_delete(struct request *r);
void backups_restore(struct request *r);

/* audit_api.c */
void audit_list(struct request *r);
void audit_get(struct request *r);
void audit_verify(struct request *r);
void audit_tamper(struct request *r);

/* events_api.c */
void events_list(struct request *r);
void events_publish(struct request *r);

#endif
