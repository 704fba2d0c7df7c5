/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The zygote, from the supervisor's side: the one process that it spawns for plugins. Started before anything else of a
 * run, so that it loads while the supervisor gets ready.
 */
#ifndef MUSTER_DISCOVER_ZYGOTE_H
#define MUSTER_DISCOVER_ZYGOTE_H

#include "base/err.h"
#include "contain/rung.h"
#include "ipc/message.h"

#include <stdbool.h>
#include <sys/types.h>

struct zygote {
    pid_t pid;
    int sock;
};

/* The environment of everything below: a clean one with TZ=UTC, what the loader and a home need, the variables named
 * in `pass`, those in `set` with the value that stands behind their "=" (both end with NULL, and may be it), and
 * MUSTER=1, MUSTER_RUN_ID, MUSTER_SEED. */
int zygote_start(struct zygote *z, const struct msg_run *run, const char *const *pass, const char *const *set,
                 struct err *err);
int zygote_spawn_host(const struct zygote *z, const struct msg_host_spawn *spec, int sock, int output, struct err *err);
/* Ends a host that does not answer. */
void zygote_kill_host(const struct zygote *z, uint32_t host);
/* Whether the kernel gives us this rung; a containment_probe. */
int zygote_probe(void *zygote, const struct rung *rung, struct err *err);
/* Closes its socket, which ends it and all hosts and monitors, waits for it (not for ever), and ends whatever processes
 * of plugins were left without a parent and so came to us. */
void zygote_stop(struct zygote *z);

#endif
