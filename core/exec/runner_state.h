/* SPDX-License-Identifier: Apache-2.0 */
/* The runner's state, shared by its two files: runner.c, runner_cases.c. */
#ifndef MUSTER_EXEC_RUNNER_STATE_H
#define MUSTER_EXEC_RUNNER_STATE_H

#include "exec/control.h"
#include "exec/fixture_set.h"
#include "exec/runner.h"
#include "exec/slot.h"
#include "record/ledger.h"
#include "slotdir/slotdir.h"

/* What is known of a case while it is on its way. */
struct case_state {
    uint32_t attempts; /* begun */
    bool released;     /* its place in the schedule was given to the one ordered ahead of its end */
    bool bad_before;   /* an attempt failed */
    int64_t total_ns;
    int64_t not_before_ns; /* of the next attempt */
    uint32_t decided;      /* the attempt for which `retry` says whether another one follows */
    bool retry;
    bool between;         /* it passed, and is queued for another round */
    bool parked;          /* it waits, or has waited, for fixtures before this attempt */
    char *lacks;          /* why its fixtures can't be had; of the attempt that runs */
    char *reason;         /* of the last attempt, while it waits for the next */
    enum verdict verdict; /* the same */
};

struct runner {
    const struct runner_options *o;
    struct workspace workspace;
    struct ledger ledger;
    struct slot_shared shared;
    struct source signals;
    struct control control;
    struct case_state *cases;
    uint32_t *plugin_left; /* cases of each plugin that have not ended */
    uint32_t *waiting;     /* cases that wait for their next attempt */
    size_t n_waiting, cap_waiting;
    uint32_t *parked; /* cases that wait for fixtures */
    size_t n_parked, cap_parked;
    struct fixtures fixtures;
    unsigned n_slots; /* of attempts; those of fixtures stand behind them */
    bool plain;       /* no case claims anything */
    size_t running, ended;
    uint64_t retries; /* granted */
    int interrupts;   /* signals received */
    struct {          /* the last one */
        uint32_t signo, sender;
        int64_t at_ns;
    } interrupt;
    bool halted;   /* no attempt begins any more */
    char *failure; /* why it can't go on */
    struct runner_result result;
};

/* runner_cases.c */

uint32_t runner_plugin_of(const struct runner *r, size_t i);
/* Fills the slots with what may begin now. */
void runner_begin_what_can(struct runner *r);
/* No attempt begins any more. A case between two of them ends as its last one did. */
void runner_halt(struct runner *r);
bool runner_is_failed_out(const struct runner *r);
void runner_free_cases(struct runner *r);
/* What slots ask and tell: struct slot_shared, struct slot. */
bool runner_will_retry(void *data, void *owner_data, enum verdict verdict);
bool runner_next(void *data, uint32_t plugin, const struct slot_task *current, struct slot_task *ret_task);
void runner_on_slot_ended(struct slot *slot, const struct slot_result *result, void *data);

#endif
