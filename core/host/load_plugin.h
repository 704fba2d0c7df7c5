/* SPDX-License-Identifier: Apache-2.0 */
/* Loading what a host is for: a shared object, or a file of scenarios as data. */
#ifndef MUSTER_HOST_LOAD_PLUGIN_H
#define MUSTER_HOST_LOAD_PLUGIN_H

#include "load/plugin.h"

/* As plugin_load(). A path that ends in .yaml or .yml goes to the module for data, which is mapped for it, with
 * `providers`: the plugins that have steps, each "PATH\nNAME\nSTEP\nSTEP...". They need to live no longer than the
 * call. */
int host_load(const char *path, const struct message_list *providers, load_progress progress, void *data,
              struct plugin *ret_plugin, const char **ret_reason, struct err *err);

#endif
