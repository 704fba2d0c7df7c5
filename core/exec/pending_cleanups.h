/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt has deferred and nobody has undone: in the ledger, and here. */
#ifndef MUSTER_EXEC_PENDING_CLEANUPS_H
#define MUSTER_EXEC_PENDING_CLEANUPS_H

#include "ipc/message.h"

#include <stddef.h>

/* A deferred cleanup that has not been done. */
struct pending_cleanup {
    uint64_t ledger_id;
    uint32_t id; /* within the attempt */
    char *name, *payload;
};

struct slot_cleanups {
    struct pending_cleanup *items; /* oldest first */
    size_t n, cap;
    uint32_t n_deferred, n_begun; /* by this attempt; a janitor's are those that were pending before it */
    uint64_t bytes;               /* of names and payloads that this attempt deferred */
};

/* Takes copies. */
void cleanups_add(struct slot_cleanups *c, uint64_t ledger_id, uint32_t id, const char *name, const char *payload);
/* None is pending any more. */
void cleanups_drop(struct slot_cleanups *c);
void cleanups_free(struct slot_cleanups *c);
/* The list of an order to a janitor, newest first, since that is the order to undo in: as many as fit into a packet. */
struct message_list cleanups_order(const struct slot_cleanups *c, struct arena *arena);
/* The one with this number within the attempt; c->n: there is none. */
size_t cleanups_find(const struct slot_cleanups *c, uint32_t id);

#endif
