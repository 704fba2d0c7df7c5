/* SPDX-License-Identifier: Apache-2.0 */
/* From what a host said of its plugin to the catalogue. */
#ifndef MUSTER_DISCOVER_CATALOGUE_IMPORT_H
#define MUSTER_DISCOVER_CATALOGUE_IMPORT_H

#include "discover/hosts.h"
#include "ipc/message.h"

/* Whether a message is a part of a plugin's description. */
bool catalogue_import_takes(enum message_type type);
/* Adds the plugin that host->catalogue describes at the end of the catalogue. An error names the scenario; the plugin
 * may be there in part then: catalogue_drop_last(). */
int catalogue_import(struct host *host, struct catalogue *c, struct err *err);

#endif
