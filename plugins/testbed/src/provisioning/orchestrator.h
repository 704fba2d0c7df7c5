/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications that an orchestrator runs (--orchestrator), by Coolify's API: an application is made, a deployment of it
 * is asked for and looked at until it has ended; undoing deletes the application. Each is a step's function or undo.
 */
#ifndef TESTBED_ORCHESTRATOR_H
#define TESTBED_ORCHESTRATOR_H

#include "provisioning/run.h"

bool orchestrator_is_used(const struct testbed *tb);
enum step_result orchestrator_deploy(struct provisioning_run *p);
enum step_result orchestrator_remove(struct provisioning_run *p);
/* Waits until the application runs. */
enum step_result orchestrator_check(struct provisioning_run *p);
void orchestrator_find(struct testbed *tb, const char *tenant_id, json_t *found);

#endif
