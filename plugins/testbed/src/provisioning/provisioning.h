/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The provisioning workflow: sixteen steps, one after another, each with its undo.
 *
 * A run is a small state machine on the loop: forward until the last step is done or one fails, then (or to take a
 * tenant down) backward until nothing is left. Each turn of the loop does one step, so requests are served in between.
 * A step that must wait for something (processes that start or end) says so, and is asked again when a workload of its
 * tenant has changed.
 */
#ifndef TESTBED_PROVISIONING_H
#define TESTBED_PROVISIONING_H

#include "server/router.h"

#define PROVISIONING_STEPS 16

enum step_result { STEP_DONE, STEP_FAILED, STEP_WAIT };

enum direction {
    FORWARD,
    ROLLBACK,    /* after a failed step */
    DEPROVISION, /* of a tenant that was complete, or has failed before */
};

struct provisioning_run {
    struct provisioning_run *next;
    struct testbed *tb;
    char tenant_id[ID_MAX];
    enum direction direction;
    int step; /* its number, 1 to 16, now being done or undone */
    int64_t step_delay_ms;
    int fail_at;
    bool waiting;
    int64_t wait_until_ms;
    char error[200];
    json_t *request; /* what the steps need of the tenant's row */
    lws_sorted_usec_list_t timer;
};

struct step {
    const char *name;
    enum step_result (*run)(struct provisioning_run *p);
    enum step_result (*undo)(struct provisioning_run *p);
};
extern const struct step provisioning_steps[PROVISIONING_STEPS]; /* provisioning_steps.c */

/* Number of a step; 0 when there is none of this name. */
int provisioning_step_number(const char *name);

/* For a tenant's new row. 0 or -1. */
int provisioning_start(struct testbed *tb, const char *tenant_id);
/* Takes a tenant down. */
int provisioning_undo(struct testbed *tb, const char *tenant_id);
/* A workload of this tenant has changed: a waiting step may go on. */
void provisioning_poke(struct testbed *tb, const char *tenant_id);
/* Undoes what an earlier life of this platform left unfinished. */
void provisioning_recover(struct testbed *tb);
/* A change was not kept: drops the runs that have no reason any more. */
void provisioning_resync(struct testbed *tb);
void provisioning_stop(struct testbed *tb);

json_t *provisioning_view(struct testbed *tb, const char *tenant_id);

/* /v1/tenants: what makes a tenant, and what takes it down */
extern const struct route onboarding_routes[];

#endif
