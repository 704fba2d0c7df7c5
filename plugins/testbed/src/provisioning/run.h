/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the workflow, and what the steps are to it. */
#ifndef TESTBED_PROVISIONING_RUN_H
#define TESTBED_PROVISIONING_RUN_H

#include "common/testbed.h"

#define PROVISIONING_STEPS 16
#define RUN_WHY_MAX        200

enum step_result { STEP_DONE, STEP_FAILED, STEP_WAIT };

struct outbound_call;
struct dns_call;

/* What was asked of another server: ask.h. */
struct run_ask {
    struct outbound_call *call; /* NULL: nothing is under way */
    bool answered;
    int status; /* 0: no answer came */
    json_t *said;
    char error[RUN_WHY_MAX];
};

enum direction {
    FORWARD,
    ROLLBACK,    /* after a failed step */
    DEPROVISION, /* of a tenant that was complete, or has failed before */
};

/* What was asked of the DNS server: naming.h. */
struct run_naming {
    struct dns_call *call; /* NULL: nothing is under way */
    bool answered;
    char error[RUN_WHY_MAX];
};

struct provisioning_run {
    struct provisioning_run *next;
    struct testbed *tb;
    char tenant_id[ID_MAX];
    enum direction direction;
    int step; /* its number, 1 to 16, now being done or undone */
    int64_t step_delay_ms;
    int fail_at;
    bool force; /* only of DEPROVISION */
    bool again; /* the tenant's provisioning has failed before */
    bool waiting;
    int64_t wait_until_ms;
    int64_t pause_ms; /* of a step that waits: it is called again then at the latest; 0: when something has changed */
    struct run_ask ask;
    struct run_naming naming;
    int phase;                                /* of a step that asks several things; 0 at its begin */
    char deployment[64];                      /* at an orchestrator */
    void (*wake)(struct provisioning_run *p); /* something that a step waits for has come */
    int64_t began_ms;                         /* when this step, or its undo, began; the clock that only goes forward */
    int tries;                                /* of this step's undo */
    char why[RUN_WHY_MAX];                    /* left by the step that has failed */
    char error[RUN_WHY_MAX];                  /* what the run as a whole failed with; empty */
    bool incomplete;                          /* an undo has failed for good: something is left */
    json_t *request;                          /* what the steps need of the tenant's row */
    lws_sorted_usec_list_t timer;
};

/*
 * A step may be asked to run when it has run before, in an earlier run of the same tenant, and to be undone twice, or
 * without having run. A failure leaves its reason in p->why.
 */
struct step {
    const char *name;
    enum step_result (*run)(struct provisioning_run *p);
    enum step_result (*undo)(struct provisioning_run *p); /* NULL: nothing that another step's undo does not take */
    /* Adds what there is of this tenant, one thing_found() each; NULL: nothing of its own. */
    void (*things)(struct testbed *tb, const char *tenant_id, json_t *found);
};

/* A member of the order: text, "" when it has none. */
const char *run_asked(const struct provisioning_run *p, const char *name);
enum step_result run_failed(struct provisioning_run *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

void thing_found(json_t *found, const char *kind, const char *name);

#endif
