/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of a process's environment variables as they are now: setenv() leaves /proc/PID/environ as it was. Values
 * are never put out: they may be secrets.
 */
#ifndef MUSTER_STACK_ENVIRONMENT_H
#define MUSTER_STACK_ENVIRONMENT_H

#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <sys/types.h>

/* "environment (names only): HOME PATH ..."; without a session, or in a process that has spoilt its memory, those that
 * it began with. */
void environment_print(Dwfl *session, pid_t pid, FILE *out);

#endif
