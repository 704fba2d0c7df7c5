/* SPDX-License-Identifier: Apache-2.0 */
/* In muster-table: what muster.yaml sets, for the supervisor. */
#ifndef MUSTER_TABLES_ANSWER_SETTINGS_H
#define MUSTER_TABLES_ANSWER_SETTINGS_H

#include "ipc/message.h"

/* Answers by MSG_SETTINGS, one setting in each but the last, or by MSG_REFUSED. */
void answer_settings(int sock, const struct msg_settings_read *m);

#endif
