/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What muster.yaml and the environment set for a verb. The file is the first of its name in the working directory or
 * above it; what it says of paths is meant from its own folder. From weak to strong: the file, its profile, variables
 * MUSTER_OPTION_NAME, the command line. Texts live until configured_free(), at the program's end.
 */
#ifndef MUSTER_CLI_CONFIGURED_H
#define MUSTER_CLI_CONFIGURED_H

#include "base/err.h"
#include "config/options.h"

#define CONFIG_FILE "muster.yaml"

/* Reads the file that --config and --profile among `given`, or the environment, ask for. Errors, of this and the next,
 * are for usage: the file's mistakes, each with its place, or what a variable has wrong. */
int configured_read(const struct option_values *given, struct err *err);
/* Appends what was read and what variables say, as values of those options of 'muster run' that the table has too. */
int configured_values(const struct option *table, struct option_values *values, struct err *err);
/* Paths of plugins, for when the command line names none. */
const struct option_list *configured_plugins(void);
/* The file that was read, as it is named in messages; NULL: none. */
const char *configured_file(void);
/* What the file has profiles of: names, each once. */
const struct option_list *configured_profiles(void);
void configured_free(void);

#endif
