/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at in an attempt that crashed, before it ends; and how its stacks are read. */
#ifndef MUSTER_EXEC_SLOT_FORENSICS_H
#define MUSTER_EXEC_SLOT_FORENSICS_H

#include <stdint.h>

struct slot;
struct msg_crash;

/* Reads its stacks: of the thread that crashed, 0 for all. SLOT_STACKS_READ follows. */
void slot_read_stacks(struct slot *s, uint32_t crashed_tid);
/* It told of a crash. */
void slot_crashed(struct slot *s, const struct msg_crash *m);
/* Its process has become known: what could not be read when it crashed can be. */
void slot_crash_is_known(struct slot *s);

/* Actions of the machine. */
void slot_read_crash(struct slot *s);
void slot_after_crash(struct slot *s);
void slot_let_crash(struct slot *s);

#endif
