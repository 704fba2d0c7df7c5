/* SPDX-License-Identifier: Apache-2.0 */
/* What a host tells the supervisor of its plugin: the catalogue. */
#ifndef MUSTER_HOST_CATALOGUE_EXPORT_H
#define MUSTER_HOST_CATALOGUE_EXPORT_H

#include "load/plugin.h"

/* Sends the tables, or that they are too large to be sent. A negative errno when they can't be, or were refused. */
int describe_plugin(int sock, const struct plugin *p);

#endif
