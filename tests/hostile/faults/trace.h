/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows a runner and its processes with ptrace(2), counts their system calls by role, and lets one fail.
 *
 * Attempts and fixtures are let go as soon as they are there: they run a plugin's code.
 */
#ifndef FAULTS_TRACE_H
#define FAULTS_TRACE_H

#include "calls.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum role {
    SUPERVISOR,
    ZYGOTE,
    HOST,
    MONITOR,
    HELPER_BUNDLE,
    HELPER_SWEEP,
    HELPER_STACK,
    HELPER_TABLE,
    ATTEMPT,
    ROLES
};

struct fault {
    enum role role;
    const struct call *call; /* NULL: none is wanted */
    unsigned number;         /* from 1 */
    bool lasting;            /* the later ones fail as well */
    int error;
};

struct trace_result {
    bool reached; /* the call that was to fail was made */
    int status;   /* of the first process, as wait() has it */
};

const char *role_name(enum role role);

/* ROLE:CALL:NUMBER[+]:ERROR; false: it is none. */
bool fault_parse(const char *text, struct fault *ret);

/* Runs the command until its first process ends. `list`, or NULL, gets a line for each call that could fail; `report`
 * what was done. Returns 0, or -1 when it can't be traced. SIGALRM ends all, and is `late`. */
int trace_run(char **command, const struct fault *fault, FILE *list, FILE *report, struct trace_result *ret);

/* What is left of it in the end is ours, a sub-reaper: named, ended; how many there were. `at_once`: there is nothing
 * to wait for. */
unsigned trace_end_rest(FILE *report, bool at_once);

#endif
