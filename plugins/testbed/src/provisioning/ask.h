/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a step asks of another server. A run has one question at a time: the step begins it and waits, and when it is
 * called again, it finds the answer.
 */
#ifndef TESTBED_PROVISIONING_ASK_H
#define TESTBED_PROVISIONING_ASK_H

#include "outbound/outbound.h"
#include "provisioning/run.h"

enum ask_state { ASK_NOTHING, ASK_UNDER_WAY, ASK_ANSWERED };

/* STEP_WAIT, or STEP_FAILED when it could not be asked. */
enum step_result ask(struct provisioning_run *p, const struct outbound_request *request);
enum ask_state ask_state(const struct provisioning_run *p);
/* Takes the answer: its status, 0 with the reason in p->why when none came; what it said, the caller's, NULL: no JSON.
 */
int ask_answer(struct provisioning_run *p, json_t **ret_said);
/* Waits this long before the step is called again. */
enum step_result ask_pause(struct provisioning_run *p, int64_t ms);
/* Whatever is under way is of no interest any more. */
void ask_forget(struct provisioning_run *p);

#endif
