/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attempt that stands still so that a person can look at it: after a failure (--pause-on-failure), before its
 * tear-down and its cleanups, or at its start, for a debugger. Its deadlines don't run meanwhile. It goes on when
 * somebody says so (exec/control.h); ^C lets it go on too, and ends the run after it.
 *
 *   asked by the attempt  PAUSE message, answered by GO       start, failed
 *   held by us            the answer to CRASH is kept back    crashed
 *                         SIGTERM is kept back                out of time
 */
#ifndef MUSTER_EXEC_PAUSE_H
#define MUSTER_EXEC_PAUSE_H

#include "exec/slot_parts.h"

#include <stdbool.h>

struct slot;

/* Whether attempts are to stand still there. */
bool pause_wanted(const struct slot *s, enum pause_at at);
void pause_begin(struct slot *s, enum pause_at at, const char *why);
/* Its pidfd has come: says how to look at it, or has the debugger look. */
void pause_tell(struct slot *s);
/* Lets it go on; one that doesn't stand still is left alone. */
void pause_end(struct slot *s);

/* Actions of the machine. */
void pause_hold(struct slot *s);
void pause_resume(struct slot *s);

#endif
