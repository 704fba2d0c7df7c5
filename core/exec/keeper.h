/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper: a process that services live on under when their run is over, for as long as something is kept in them
 * (--keep-failed, --skip-cleanup) that `muster cleanup` is to undo.
 *
 * It is forked from the runner and holds what that held of each service: its monitor's socket, its channel, the pipes
 * that it prints to, and the locks of the run's cgroups. So nobody notices the end of the runner, on any rung of
 * containment. It drains the pipes into services.log of the run's temporary folder, and listens on a socket in
 * the run's own, which goes where that goes and is not tidied away with TMPDIR, on which `muster cleanup` (exec/kept.h)
 * asks what the services had published, and has them end: users before what they use. What was published is in its
 * memory alone: it may be secret. When it is ended, or the last service is, all of them end, as they do when a runner
 * is killed.
 */
#ifndef MUSTER_EXEC_KEEPER_H
#define MUSTER_EXEC_KEEPER_H

#include "base/err.h"
#include "ipc/message.h"
#include "slotdir/kept_files.h"

#include <sys/types.h>

#define KEEPER_SOCKET KEPT_SOCKET    /* in the slots' folder, or, where no socket can be, in the temporary one */
#define KEEPER_LOG    "services.log" /* in the temporary one: what services print from then on */

/* What the runner holds of a service; descriptors stay its own, -1 where there is none. */
struct kept_service {
    const char *label;
    const char *shown; /* what is needed to use it, and no secret: "url http://127.0.0.1:8080, pid 4711"; "" */
    int monitor, channel, out, err;
    int64_t teardown_ns;
};

/* Somebody whose cleanups are kept, as the ledger names him, and what was published to him. */
struct kept_user {
    const char *id;
    struct message_list published; /* name, key, value ... */
    const char *const *of;         /* label of the service that each three are of */
};

struct keeper_options {
    const struct kept_service *services; /* those that are used before their users */
    size_t n_services;
    const struct kept_user *users;
    size_t n_users;
    const int *locks; /* held open */
    size_t n_locks;
    const char *folder; /* the run's temporary one */
    const char *slots;  /* its WORKSPACE_SLOTS */
};

/* The keeper has all that it needs, and reads nothing before `waits`, the caller's, is closed: by then what services
 * have printed so far is to be where it belongs. */
struct keeper_begun {
    pid_t pid;
    int waits;
};
int keeper_start(const struct keeper_options *o, struct keeper_begun *ret_begun, struct err *err);

#endif
