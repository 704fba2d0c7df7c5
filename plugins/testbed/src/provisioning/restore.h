/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tenant that comes back from its archive. Its places and its administrator are made by the workflow, as a new
 * tenant's are; then what was kept is put there. Users besides the administrator come back with a password that nobody
 * knows, since none is kept; workloads have new ids, and no backups.
 */
#ifndef TESTBED_RESTORE_H
#define TESTBED_RESTORE_H

#include "provisioning/run.h"

/* All of it, compared afterwards with what was kept; or a failure, after which the workflow takes everything away. */
enum step_result restore_tenant(struct provisioning_run *p);

#endif
