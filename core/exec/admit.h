/* SPDX-License-Identifier: Apache-2.0 */
/* From what a host said of its plugin to the catalogue. */
#ifndef MUSTER_EXEC_ADMIT_H
#define MUSTER_EXEC_ADMIT_H

#include "base/message.h"
#include "exec/hosts.h"

/* Whether a message is a part of a plugin's description. */
bool admit_takes(enum message_type type);
/* Adds the plugin that host->catalogue describes at the end of the catalogue. An error names the scenario; the plugin
 * may be there in part then: catalogue_drop_last(). */
int admit_described(struct host *host, struct catalogue *c, struct err *err);

#endif
