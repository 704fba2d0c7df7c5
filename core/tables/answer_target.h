/* SPDX-License-Identifier: Apache-2.0 */
/* In muster-table: what a target file is, for the supervisor. */
#ifndef MUSTER_TABLES_ANSWER_TARGET_H
#define MUSTER_TABLES_ANSWER_TARGET_H

#include "ipc/message.h"

/* Answers by MSG_TARGET in pieces, or by MSG_REFUSED. */
void answer_target(int sock, const struct msg_target_read *m);

#endif
