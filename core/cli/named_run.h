/* SPDX-License-Identifier: Apache-2.0 */
/* Which run is meant, for verbs that read one. */
#ifndef MUSTER_CLI_NAMED_RUN_H
#define MUSTER_CLI_NAMED_RUN_H

#include "config/options.h"

#define OPTION_RUNS_OUT(type_, member_)                                                                                \
    {                                                                                                                  \
        OPTION_STRING, 'o', "out", "DIR", "Where runs are kept. Default: muster-out.", offsetof(type_, member_), NULL  \
    }

/* The path of a run that is given by path, by its name below `out`, or not at all (NULL): then the latest.
 * What is not to be found stays as it was given, for the error to name. Malloc'd. */
char *named_run(const char *run, const char *out);

#endif
