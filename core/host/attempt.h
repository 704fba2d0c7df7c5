/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attempt: the process in which a scenario runs. It is the other side of muster/plugin.h: it calls the scenario's
 * functions in order and answers what they call, by messages to the supervisor.
 *
 * One process, one attempt: the state is a single static object. What a scenario calls may come from any of its
 * threads. The order of phases is set-up, body, tear-down, cleanups; a stop() in one of them goes on with the next on
 * top of the caller's frame, and the last one sends the verdict and ends the process.
 */
#ifndef MUSTER_HOST_ATTEMPT_H
#define MUSTER_HOST_ATTEMPT_H

#include "host/attempt_spec.h"

/* In the monitor, before it forks: whatever can be prepared there costs the attempt no page of its own. */
void attempt_prepare(const struct attempt_spec *spec);
/* In the attempt's process: runs the scenario, or a janitor's cleanups, and ends the process. */
_Noreturn void attempt_main(void);

/* Who runs it: this process's first thread. */
void attempt_begin_process(void);
/* The loaded plugin is the one that the order speaks of; else the attempt is blamed and ended. */
void attempt_require_known(void);
/* What runs is this scenario of it. */
void attempt_take_entry(void);

#endif
