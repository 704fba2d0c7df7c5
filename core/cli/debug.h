/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `muster run` for finding out what a scenario does, and what it leaves. */
#ifndef MUSTER_CLI_DEBUG_H
#define MUSTER_CLI_DEBUG_H

#include "cli/cli.h"
#include "exec/runner.h"

struct debug {
    int leaks; /* enum leaks_policy */
};

#define OPTIONS_DEBUG(type_, member_)                                                                                  \
    {OPTION_GROUP, 0, NULL, NULL, "Finding out", 0, NULL},                                                             \
    {                                                                                                                  \
        OPTION_CHOICE, 0, "leaks", "WHAT",                                                                             \
            "When an attempt leaves processes, listening sockets or files in its temporary folder: warn, fail (no "    \
            "pass for it) or ignore. Default: warn, but not of files, which are removed in any case.",                 \
            offsetof(type_, member_.leaks), leaks_choose                                                               \
    }

/* Fills the runner's options from the settings. */
void debug_apply(const struct debug *d, struct runner_options *o);

#endif
