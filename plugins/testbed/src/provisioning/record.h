/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept and told of a run: rows, events, the audit trail. */
#ifndef TESTBED_PROVISIONING_RECORD_H
#define TESTBED_PROVISIONING_RECORD_H

#include "provisioning/run.h"

/* Of the step that the run is at. A state other than "running" is an end, with p->why as its error when it is one. */
void record_step(struct provisioning_run *p, const char *name, const char *state);
bool record_step_was_done(struct provisioning_run *p);
/* The workflow's state; `step` NULL: it is over. */
void record_run(struct provisioning_run *p, const char *state, const char *step);
void record_tenant(struct provisioning_run *p, const char *status);
/* The rows of a first run, and of one more. */
void record_begin(struct provisioning_run *p, const char *(*step_name)(int number));
void record_again(struct provisioning_run *p);

#endif
