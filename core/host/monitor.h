/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A monitor: one for each slot and plugin, forked from the host. It stands inside the slot's containment, forks one
 * attempt at a time, waits for it, and tells the supervisor how it ended, what it used and what it left behind.
 *
 * The monitor is disposable. Where the containment can end everything in it at once (a cgroup), the monitor goes
 * with it and the next attempt gets a new one; so the common, clean case costs no more than one look.
 */
#ifndef MUSTER_HOST_MONITOR_H
#define MUSTER_HOST_MONITOR_H

#include "host/run_facts.h"
#include "ipc/message.h"
#include "load/plugin.h"

struct monitor_spec {
    int sock;           /* to the supervisor */
    int host_sock;      /* the host's own, closed in the monitor */
    int ends[ENDS_FDS]; /* what attempts speak through: ipc/message.h */
    uint32_t slot;
    uint32_t rung, holder; /* of the containment: contain/rung.h */
    const char *temp_dir, *artifacts_dir;
    const char *path; /* of the plugin */
    const struct message_list *providers;
    struct file_identity file;   /* of the plugin when it was discovered */
    const struct plugin *plugin; /* NULL in fresh mode */
    const struct run_facts *run;
    int document; /* the target's, in a sealed file; -1: the run has none. Stays the host's */
    size_t document_size;
};

/* Forks a monitor into its containment. `group` is the slot's directory, or -1. What fails is told as the monitor
 * would. */
void monitor_fork(const struct monitor_spec *spec, int group);

#endif
