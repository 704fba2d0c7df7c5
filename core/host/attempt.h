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

#include "host/run_facts.h"
#include "ipc/message.h"
#include "load/plugin.h"

struct attempt_spec {
    int sock; /* to the supervisor; becomes the attempt's */
    const struct plugin *plugin;
    const struct file_identity *file; /* the plugin's when it was discovered */
    const struct msg_attempt *order;
    const struct run_facts *run;
    uint32_t slot;
    const char *temp_dir, *artifacts_dir;
    const char *path; /* of the plugin, and what loading it again takes */
    const char *work_dir;
    const struct message_list *providers;
};

/* In the monitor, before it forks: whatever can be prepared there costs the attempt no page of its own. */
void attempt_prepare(const struct attempt_spec *spec);
/* In the attempt's process: runs the scenario, or a janitor's cleanups, and ends the process. */
_Noreturn void attempt_main(void);

/* Handlers for the signals of a crash, on a stack of their own. Installed in the monitor: attempts inherit them. */
void crash_install(void);

#endif
