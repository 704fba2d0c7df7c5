/* SPDX-License-Identifier: Apache-2.0 */
/* What came of an attempt. */
#ifndef MUSTER_EXEC_SLOT_END_H
#define MUSTER_EXEC_SLOT_END_H

struct slot;

/* Starts a janitor for what is pending. */
void slot_start_janitor(struct slot *s);

/* Action of the machine. The attempt's processes are gone: judges, records, goes on with a janitor. */
void slot_finish(struct slot *s);

#endif
