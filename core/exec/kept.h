/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services that a run has kept, as `muster cleanup` sees them: by way of their keeper (exec/keeper.h). It listens in
 * the run's folder, or where the run's state says, which is believed in nothing: who listens there has to be the owner
 * of the run's folder, or root. Nothing here waits without a limit, nor against a signal.
 */
#ifndef MUSTER_EXEC_KEPT_H
#define MUSTER_EXEC_KEPT_H

#include "base/buf.h"
#include "exec/keeper.h"
#include "record/run_lock.h"

#include <stdbool.h>

struct kept_label {
    const char *label;
    int64_t limit_ns;  /* of its end */
    const char *shown; /* what is needed to use it; "" */
};

struct kept {
    int sock;    /* -1: nobody listens */
    int signals; /* base/signals.h: one ends all waiting; -1: none; the caller's */
    struct kept_label *services;
    size_t n_services, cap_services;
    struct kept_user *users;
    size_t n_users, cap_users;
    char *text;
    struct buf news; /* what came behind the greeting */
};

#define KEPT_INIT                                                                                                      \
    {                                                                                                                  \
        .sock = -1, .signals = -1                                                                                      \
    }

/* 1: they are there. 0: no service of the run is there any more. -EINTR after a signal; -ETIMEDOUT: who keeps them
 * does not answer. */
int kept_open(struct kept *k, const struct run_state *state, int run_dir, int signals);
void kept_close(struct kept *k);
/* What was published to this user; none where nothing is known of it. */
struct message_list kept_published(const struct kept *k, const char *id);
/* Has all of them end, and waits for that; `ended` hears of each, `trouble` is "" when it ended well. 1: all have. 0:
 * the keeper was lost on the way, and what was left has ended with it. -EINTR after a signal, and -ETIMEDOUT: what is
 * left is still there, and may end later. */
int kept_end(struct kept *k, void (*ended)(void *data, const char *label, const char *trouble), void *data);

#endif
