/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts that complete muster's command line, made from the tables of verbs and options. Pure. */
#ifndef MUSTER_CLI_COMPLETION_H
#define MUSTER_CLI_COMPLETION_H

#include "cli/cli.h"

/* `verbs` ends with NULL. */
void completion_add_bash(const struct verb *const *verbs, struct buf *out);

#endif
