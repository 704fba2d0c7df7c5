/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `muster run` for finding out what a scenario does, and what it leaves. */
#ifndef MUSTER_CLI_DEBUG_H
#define MUSTER_CLI_DEBUG_H

#include "cli/cli.h"
#include "evidence/recording.h"
#include "exec/runner.h"

#include <stdbool.h>

struct debug {
    bool closely, no_capture, pause_on_failure;
    int debugger; /* 1: gdb */
    int leaks;    /* enum leaks_policy */
    int64_t settle_ns;
};

int debug_choose_debugger(const char *text, int *ret_choice);

#define OPTIONS_DEBUG(type_, member_)                                                                                  \
    {OPTION_GROUP, 0, NULL, NULL, "Finding out", 0, NULL},                                                             \
        {OPTION_FLAG,                                                                                                  \
         0,                                                                                                            \
         "debug",                                                                                                      \
         NULL,                                                                                                         \
         "All for a close look: one attempt at a time, every log line as it comes, everything of bad ones kept (-j1 "  \
         "-vv --keep-failed --artifacts always).",                                                                     \
         offsetof(type_, member_.closely),                                                                             \
         NULL},                                                                                                        \
        {OPTION_FLAG,                                                                                                  \
         0,                                                                                                            \
         "no-capture",                                                                                                 \
         NULL,                                                                                                         \
         "Let scenarios print to this terminal, one after the other (-j 1); no log keeps it.",                         \
         offsetof(type_, member_.no_capture),                                                                          \
         NULL},                                                                                                        \
        {OPTION_FLAG,                                                                                                  \
         0,                                                                                                            \
         "pause-on-failure",                                                                                           \
         NULL,                                                                                                         \
         "Hold a bad attempt before its tear-down and cleanups, say how to attach to it, and wait for Enter or "       \
         "SIGCONT.",                                                                                                   \
         offsetof(type_, member_.pause_on_failure),                                                                    \
         NULL},                                                                                                        \
        {OPTION_CHOICE,                                                                                                \
         0,                                                                                                            \
         "debugger",                                                                                                   \
         "PROGRAM",                                                                                                    \
         "gdb: run the one selected scenario under it, on this terminal, without deadlines.",                          \
         offsetof(type_, member_.debugger),                                                                            \
         debug_choose_debugger},                                                                                       \
        {OPTION_CHOICE,                                                                                                \
         0,                                                                                                            \
         "leaks",                                                                                                      \
         "WHAT",                                                                                                       \
         "When an attempt leaves processes, listening sockets or files in its temporary folder: warn, fail (no "       \
         "pass for it) or ignore. Default: warn, but not of files, which are removed in any case.",                    \
         offsetof(type_, member_.leaks),                                                                               \
         leaks_choose},                                                                                                \
    {                                                                                                                  \
        OPTION_DURATION, 0, "leak-timeout", "TIME",                                                                    \
            "What an attempt left and ends by itself within this time is no leak. Default: 100ms.",                    \
            offsetof(type_, member_.settle_ns), NULL                                                                   \
    }

/* Whether output of scenarios and the console share the terminal. */
static inline bool debug_shares_terminal(const struct debug *d)
{
    return d->no_capture || d->debugger;
}
/* What --debugger asks of a selection; a status, after complaining. */
int debug_prepare(const struct verb *verb, const struct debug *d, struct selection *selection);
/* Fills the runner's options from the settings; news go to the evidence's console. */
void debug_apply(const struct debug *d, struct evidence *e, struct runner_options *o);

#endif
