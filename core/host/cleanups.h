/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt defers. */
#ifndef MUSTER_HOST_CLEANUPS_H
#define MUSTER_HOST_CLEANUPS_H

#include "ipc/message.h"

#include <stdbool.h>

/* DEFER: recorded in the ledger before it returns; an unknown name ends the attempt. */
void attempt_defer(const char *name, const char *payload);
/* What a janitor has to undo. */
void cleanups_take_orders(const struct message_list *orders);
/* Whether what was deferred is undone in this process, by this thread. */
bool cleanups_can_run_here(void);
/* Undoes all of which nothing was begun yet. */
void cleanups_run(void);
/* Whether one runs, and what the caller has found is its failure and no verdict on the scenario. Not that of a thread
 * that the scenario has left. */
bool cleanups_are_blamed(void);
/* The one that runs is over: `error` is "" when it is undone. */
void cleanups_report(const char *error);

#endif
