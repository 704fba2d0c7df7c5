/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gdb on the runner's terminal, attached to an attempt that waits at its start. Once attached it tells the runner by
 * SIGCONT to let the attempt go on, which then still stands, held by gdb, until the user says `continue`.
 */
#ifndef MUSTER_FORENSICS_DEBUGGER_H
#define MUSTER_FORENSICS_DEBUGGER_H

#include <stdint.h>
#include <sys/types.h>

/* `file` and `line`: where to break first; "" when unknown. A negative errno when gdb can't be started. */
int debugger_start(pid_t pid, const char *file, uint32_t line, pid_t *ret_debugger);
/* Waits until its user has left it. */
void debugger_wait(pid_t *debugger);

#endif
