/* SPDX-License-Identifier: Apache-2.0 */
/* What verbs that run plugin code share: the target's values. */
#ifndef MUSTER_CLI_TARGET_H
#define MUSTER_CLI_TARGET_H

#include "base/mem.h"
#include "cli/cli.h"

/* Checks each --set; KEY=@FILE becomes KEY=<the file's text> (in the arena). EXIT_OK, or EXIT_USAGE after a complaint.
 */
int cli_read_target(const struct verb *verb, struct option_list *target, struct arena *arena);

#endif
