/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services that a run has kept, as `muster cleanup` sees them: by way of their keeper (exec/keeper.h). A run's state
 * says where it may listen, and is believed in nothing: who listens there has to be the same user, or root.
 */
#ifndef MUSTER_EXEC_KEPT_H
#define MUSTER_EXEC_KEPT_H

#include "exec/keeper.h"
#include "record/run_lock.h"

#include <stdbool.h>

struct kept {
    int sock;              /* -1: nobody listens */
    const char **services; /* labels */
    size_t n_services, cap_services;
    struct kept_user *users;
    size_t n_users, cap_users;
    char *text;
};

#define KEPT_INIT                                                                                                      \
    {                                                                                                                  \
        .sock = -1                                                                                                     \
    }

/* False: no service of the run is there any more. */
bool kept_open(struct kept *k, const struct run_state *state);
void kept_close(struct kept *k);
/* What was published to this user; none where nothing is known of it. */
struct message_list kept_published(const struct kept *k, const char *id);
/* Has all of them end, and waits for that; `ended` hears of each, `trouble` is "" when it ended well. False: the keeper
 * was lost on the way, and what was left has ended with it. */
bool kept_end(struct kept *k, void (*ended)(void *data, const char *label, const char *trouble), void *data);

#endif
