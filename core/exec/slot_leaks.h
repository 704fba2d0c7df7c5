/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt left behind is named, and judged: exec/leaks.h has the policy. */
#ifndef MUSTER_EXEC_SLOT_LEAKS_H
#define MUSTER_EXEC_SLOT_LEAKS_H

#include "ipc/message.h"

struct slot;

/* The monitor's word of processes and their sockets. */
void leaks_take(struct slot *s, const struct msg_exited *m);
/* There was no such word: the monitor was stopped, or is still at it. */
void leaks_take_silence(struct slot *s);
/* Its word of files. */
void leaks_take_files(struct slot *s, const struct msg_folders *m);
/* Before its verdict is told: turns a pass into failed where that is asked for. */
void leaks_judge(struct slot *s);

#endif
