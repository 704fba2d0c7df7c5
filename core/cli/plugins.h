/* SPDX-License-Identifier: Apache-2.0 */
/* Finding plugins, for all verbs: statuses and complaints of discover/find.h. */
#ifndef MUSTER_CLI_PLUGINS_H
#define MUSTER_CLI_PLUGINS_H

#include "cli/cli.h"
#include "discover/find.h"

/* Loads the plugins. *ret_status on failure: EXIT_USAGE (a path that is none), EXIT_INTERRUPTED or EXIT_RUNNER. */
int cli_find_plugins(struct found *f, const struct find_options *o, const struct option_list *operands, int *ret_status,
                     struct err *err);
/* "muster: path: why" to stderr for each refused file. */
void cli_complain_of_refused(const struct found *f);

#endif
