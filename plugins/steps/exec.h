/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program and judging its end: what `exec` and `shell` share. */
#ifndef MUSTER_STEPS_EXEC_H
#define MUSTER_STEPS_EXEC_H

#include <muster/kit/json.h>

struct exec_call {
    const char *const *argv;
    const char *script; /* NULL: none, argv is what is shown */
    const char *exit;   /* JSON: 0, [0, 1], "any" */
    const char *input;
    const char *env; /* JSON */
    const char *dir; /* "": the attempt's own */
    const char *within;
    const char *at;
};

/* NAME=value of each member; NULL given: none. */
const char *const *exec_environment(struct muster_ctx *t, struct m_site site, const struct m_json *given);
/* The step's value; ends the scenario when it did not end as expected. */
const char *exec_program(struct muster_ctx *t, const struct exec_call *call);

#endif
