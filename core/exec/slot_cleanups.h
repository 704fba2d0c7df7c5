/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of what the attempt of a slot has deferred. */
#ifndef MUSTER_EXEC_SLOT_CLEANUPS_H
#define MUSTER_EXEC_SLOT_CLEANUPS_H

#include <stdbool.h>
#include <stddef.h>

struct slot;

/* One is over: `error` is "" when it was undone. */
void slot_settle(struct slot *s, size_t i, const char *error, bool lacked);
/* Those of an attempt whose resources are kept on purpose: in the ledger. */
void slot_keep_pending(struct slot *s);
/* What neither the attempt nor a janitor could undo stays in the ledger, and is named. */
void slot_report_left(struct slot *s);

#endif
