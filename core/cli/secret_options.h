/* SPDX-License-Identifier: Apache-2.0 */
/* --secret: values of the target that nothing shows and nothing keeps. */
#ifndef MUSTER_CLI_SECRET_OPTIONS_H
#define MUSTER_CLI_SECRET_OPTIONS_H

#include "cli/cli.h"
#include "plan/target_info.h"
#include "secrets/secrets.h"

#define SECRET_OPTION_TEXT                                                                                             \
    "A value of the target that nothing shows and nothing keeps: env:NAME, of the environment; file:PATH; or "         \
    "exec:PROGRAM ARG ..., what a program prints."

/* Reads each KEY=SOURCE, adds KEY=<its value> to the target's values (in the arena) and the value to the secrets.
 * EXIT_OK, or EXIT_USAGE after a complaint; that one is too short to be hidden is told. */
int cli_read_secrets(const struct verb *verb, const struct option_list *sources, struct option_list *target,
                     struct secrets *secrets, struct arena *arena);
/* What a target file calls a secret is one, however it was set. */
void cli_hide_target(const struct target_info *info, const struct option_list *target, struct secrets *secrets);

#endif
