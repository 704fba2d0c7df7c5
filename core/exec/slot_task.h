/* SPDX-License-Identifier: Apache-2.0 */
/* What a slot is given to run. Strings are the owner's and hold until the task has ended. */
#ifndef MUSTER_EXEC_SLOT_TASK_H
#define MUSTER_EXEC_SLOT_TASK_H

#include "plan/limits.h"

#include <stdint.h>

struct slot_task {
    const char *case_id;
    uint32_t plugin;   /* index in the catalogue */
    uint32_t scenario; /* index in the plugin's table */
    uint32_t attempt;  /* from 1 */
    struct limits limits;
    const char *const *values; /* of the scenario's parameters, in their order */
    uint32_t n_values;
    const void *item;        /* which of its owner's things it is; nobody else looks at it */
    const char *setup_error; /* why it can't run, though it begins; NULL: it can */
};

#endif
