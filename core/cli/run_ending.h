/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run: why it has its status, what is put away, what is left, its reports. */
#ifndef MUSTER_CLI_RUN_ENDING_H
#define MUSTER_CLI_RUN_ENDING_H

#include "cli/scheduling.h"
#include "contain/contain.h"
#include "contain/limit_groups.h"
#include "evidence/recording.h"
#include "exec/runner.h"

struct run_ending {
    struct evidence *evidence;
    const struct scheduling *scheduling;
    struct runner_result *result;
    const char *failure; /* of the runner; NULL: none */
    uint64_t refused;    /* plugins */
    bool keeps_history, nothing_selected, nothing_fails;
    struct containment_set *containment;
    struct resources *resources;       /* NULL: none */
    const char *coverage;              /* --coverage: a folder, or ""; NULL: not asked for */
    const struct catalogue *catalogue; /* whose plugins ran */
    unsigned jobs, slots;
    int signals;
};

/* Closes and frees all that it is given. Returns the exit status. */
int run_end(struct run_ending *e);

#endif
