/* SPDX-License-Identifier: Apache-2.0 */
/* The tenant's name in DNS, where the platform has a zone: set and dropped by a step, which waits for the server. */
#ifndef TESTBED_PROVISIONING_NAMING_H
#define TESTBED_PROVISIONING_NAMING_H

#include "provisioning/run.h"

/* STEP_WAIT until the server has answered; STEP_FAILED with its words. Without a zone there is nothing to do. */
enum step_result naming_set(struct provisioning_run *p);
enum step_result naming_drop(struct provisioning_run *p);
/* Whatever is under way is of no interest any more. */
void naming_forget(struct provisioning_run *p);

#endif
