/* SPDX-License-Identifier: Apache-2.0 */
/* Which run is meant, for verbs that read one. */
#ifndef MUSTER_CLI_NAMED_RUN_H
#define MUSTER_CLI_NAMED_RUN_H

#include "config/options.h"

#define OPTION_RUNS_OUT(type_, member_)                                                                                \
    {                                                                                                                  \
        OPTION_STRING, 'o', "out", "DIR", "Where runs are kept. Default: muster-out.", offsetof(type_, member_), NULL  \
    }

/* What a verb's help says of its RUN. */
#define RUN_TEXT                                                                                                       \
    "RUN is a run's folder, its events.jsonl or its bundle; or, below --out, its id\n"                                 \
    "or the beginning of one, latest, or previous (also -1, -2 ...)."

/* The path of the run that is meant (evidence/run_name.h), malloc'd. NULL after a complaint: *ret_status is how the
 * program ends. */
char *named_run(const char *run, const char *out, int *ret_status);
/* The run that the link "latest" stands for, in its place: what is said of it must hold when the link points to
 * another. Any other path stays. */
char *named_run_itself(char *path);

#endif
