/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The provisioning workflow: sixteen steps, one after another, each with its undo.
 *
 * A run is a small state machine on the loop: forward until the last step is done or one fails, then (or to take a
 * tenant down) backward until nothing is left. Each turn of the loop does one step, so requests are served in between.
 * A step that must wait for something (processes that start or end, another server's answer) says so, and is asked
 * again when that has changed.
 */
#ifndef TESTBED_PROVISIONING_H
#define TESTBED_PROVISIONING_H

#include "outbound/outbox.h"
#include "provisioning/run.h"
#include "server/router.h"

/* Number of a step; 0 when there is none of this name. */
int provisioning_step_number(const char *name);

/* For a tenant's new row. 0 or -1. */
int provisioning_start(struct testbed *tb, const char *tenant_id);
/* Once more, for one that has failed. */
int provisioning_retry(struct testbed *tb, const char *tenant_id);
/*
 * Takes a tenant down. First its archive is made, without which nothing goes. By force there is none, its processes are
 * killed at once, and whatever the workflow is at with the tenant is broken off.
 */
int provisioning_undo(struct testbed *tb, const char *tenant_id, bool force);
/* Something of this tenant has changed: a waiting step may go on. */
void provisioning_poke(struct testbed *tb, const char *tenant_id);
/* Undoes what an earlier life of this platform left unfinished. */
void provisioning_recover(struct testbed *tb);
/* A change was not kept: drops the runs that have no reason any more. */
void provisioning_resync(struct testbed *tb);
void provisioning_stop(struct testbed *tb);

/* Tells of a mail's end. */
void provisioning_mail_ended(struct testbed *tb, const struct outbox_news *news);

json_t *provisioning_view(struct testbed *tb, const char *tenant_id);
/* What there is of a tenant, whatever its state, as [{kind, name}]: each step is asked for what it makes. */
json_t *provisioning_things(struct testbed *tb, const char *tenant_id);

/* /v1/tenants: what makes a tenant, and what takes it down */
extern const struct route onboarding_routes[];

#endif
