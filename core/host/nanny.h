/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A nanny: one for each slot and plugin, forked from the host. It stands inside the slot's containment, forks one
 * attempt at a time, waits for it, and tells the supervisor how it ended, what it used and what it left behind.
 *
 * The nanny is disposable. Where the containment can end everything in it at once (a cgroup), the nanny goes
 * with it and the next attempt gets a new one; so the common, clean case costs no more than one look.
 */
#ifndef MUSTER_HOST_NANNY_H
#define MUSTER_HOST_NANNY_H

#include "base/message.h"
#include "host/run.h"
#include "load/plugin.h"

struct nanny_spec {
    int sock;                /* to the supervisor */
    int host_sock;           /* the host's own, closed in the nanny */
    int outputs[OUTPUT_FDS]; /* what attempts print to: one pipe each for as long as the nanny lives, since while
                              * nothing outlives an attempt nobody else holds them */
    uint32_t slot;
    enum containment containment;
    const char *temp_dir, *artifacts_dir;
    const char *path; /* of the plugin */
    const struct message_list *providers;
    struct file_identity file;   /* of the plugin when it was discovered */
    const struct plugin *plugin; /* NULL in fresh mode */
    const struct run_facts *run;
};

/* Forks a nanny into its containment. `cgroup` is the slot's directory, or -1. 0, or a negative errno. */
int nanny_fork(const struct nanny_spec *spec, int cgroup);

#endif
