/* SPDX-License-Identifier: Apache-2.0 */
/* Control groups that limit an attempt, which enters them itself. */
#ifndef MUSTER_CONTAIN_GROUPS_H
#define MUSTER_CONTAIN_GROUPS_H

#include "ipc/message.h"

/* `groups` are lists of processes (cgroup.procs). A negative errno; what was entered stays so. */
int groups_enter(const struct message_list *groups);

#endif
