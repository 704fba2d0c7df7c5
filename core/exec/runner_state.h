/* SPDX-License-Identifier: Apache-2.0 */
/* The runner's state, for its two files: runner.c, runner_cases.c. */
#ifndef MUSTER_EXEC_RUNNER_STATE_H
#define MUSTER_EXEC_RUNNER_STATE_H

#include "base/signals.h"
#include "exec/case_runs.h"
#include "exec/control.h"
#include "exec/fixture_set.h"
#include "exec/runner_options.h"
#include "exec/slot.h"
#include "record/ledger.h"
#include "slotdir/slotdir.h"

struct runner {
    const struct runner_options *o;
    struct workspace workspace;
    struct sweeper sweeper;
    struct ledger ledger;
    struct slot_shared shared;
    struct source signals;
    struct control control;
    struct case_runs cases;
    uint32_t *plugin_left; /* cases of each plugin that have not ended */
    struct fixtures fixtures;
    unsigned n_slots; /* of attempts; those of fixtures stand behind them */
    bool plain;       /* no case claims anything */
    uint64_t retries; /* granted */
    int interrupts;   /* signals received */
    struct {          /* the last one */
        struct signal_news news;
        int64_t at_ns;
    } interrupt;
    bool halted;   /* no attempt begins any more */
    char *failure; /* why it can't go on */
    struct runner_result result;
};

#endif
