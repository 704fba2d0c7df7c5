/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tenant's files, in a private folder of its own below the platform's (common/folder.h). They count as storage, as
 * its records do.
 */
#ifndef TESTBED_FILES_H
#define TESTBED_FILES_H

#include "server/router.h"

/* The folder; one that is there is no error. 0 or a negative errno. */
int files_open(struct testbed *tb, const char *tenant_id);
/* With all that is in it; false when something is still there. */
/* [{name, content}], in the order of their names; and one of them back. 0 or a negative errno. */
json_t *files_gather(struct testbed *tb, const char *tenant_id);
int files_write(struct testbed *tb, const char *tenant_id, const char *name, const char *content);
bool files_remove(struct testbed *tb, const char *tenant_id);
bool files_are_there(struct testbed *tb, const char *tenant_id);

/* Before the first request: they count. */
void files_start(void);

/* /v1/tenants/{}/files */
extern const struct route files_routes[];

#endif
