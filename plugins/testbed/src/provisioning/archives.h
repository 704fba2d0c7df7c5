/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of a tenant that is gone: its record, customers, settings, users (without their passwords), workloads
 * with their data, files, policy, and its part of the audit chain. Each is a JSON document in one compressed tar
 * archive below the platform's folder, archives/TENANT.tar.zst; its digest is in the database.
 */
#ifndef TESTBED_ARCHIVES_H
#define TESTBED_ARCHIVES_H

#include "server/router.h"

/* Writes it, unless that was done since the tenant's removal began. 0, or -1 with the reason. */
int archive_keep(struct testbed *tb, const char *tenant_id, char *ret_why, size_t room);

/* What is in it, if it is what it was when it was made; NULL: it is not, or (*ret_there) there is none. */
json_t *archive_read(struct testbed *tb, const char *tenant_id, bool *ret_there);
/* What there is of the tenant now, as it would be kept. */
json_t *archive_gather(struct testbed *tb, const char *tenant_id);

/* /v1/archives, /v1/tenants/{}/archive */
extern const struct route archive_routes[];

#endif
