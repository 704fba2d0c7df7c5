/* SPDX-License-Identifier: Apache-2.0 */
/* `muster runs --prune`, `--pin` and `--unpin`. */
#ifndef MUSTER_CLI_PRUNE_H
#define MUSTER_CLI_PRUNE_H

#include "config/options.h"
#include "evidence/retention.h"

#include <stdbool.h>

struct prune_settings {
    bool prune, dry_run;
    struct retention_rule rule;
    struct option_list pin, unpin;
};
#define PRUNE_SETTINGS_INIT                                                                                            \
    {                                                                                                                  \
        .rule = {.runs = -1, .age_ns = -1, .bytes = -1 }                                                               \
    }
#define OPTIONS_PRUNE(type_, member_)                                                                                  \
    {OPTION_GROUP, 0, NULL, NULL, "Removing old runs", 0, NULL},                                                       \
        {OPTION_FLAG,                                                                                                  \
         0,                                                                                                            \
         "prune",                                                                                                      \
         NULL,                                                                                                         \
         "Remove the runs that pass one of the bounds below, of which one is needed.",                                 \
         offsetof(type_, member_.prune),                                                                               \
         NULL},                                                                                                        \
        {OPTION_INT, 0, "keep", "N", "Keep the N newest.", offsetof(type_, member_.rule.runs), NULL},                  \
        {OPTION_DURATION,                                                                                              \
         0,                                                                                                            \
         "keep-age",                                                                                                   \
         "TIME",                                                                                                       \
         "Keep what began within this time: 720h, for 30 days.",                                                       \
         offsetof(type_, member_.rule.age_ns),                                                                         \
         NULL},                                                                                                        \
        {OPTION_SIZE,                                                                                                  \
         0,                                                                                                            \
         "keep-size",                                                                                                  \
         "SIZE",                                                                                                       \
         "Keep the newest that take no more together: 500M, 20G.",                                                     \
         offsetof(type_, member_.rule.bytes),                                                                          \
         NULL},                                                                                                        \
        {OPTION_FLAG,                                                                                                  \
         0,                                                                                                            \
         "dry-run",                                                                                                    \
         NULL,                                                                                                         \
         "Remove nothing: tell what would go, and why the others stay.",                                               \
         offsetof(type_, member_.dry_run),                                                                             \
         NULL},                                                                                                        \
        {OPTION_LIST,                                                                                                  \
         0,                                                                                                            \
         "pin",                                                                                                        \
         "RUN",                                                                                                        \
         "Keep this run, whatever --prune says; any number.",                                                          \
         offsetof(type_, member_.pin),                                                                                 \
         NULL},                                                                                                        \
    {                                                                                                                  \
        OPTION_LIST, 0, "unpin", "RUN", "Let it go again; any number.", offsetof(type_, member_.unpin), NULL           \
    }

struct verb;

/* Whether the settings go together: EXIT_OK, or EXIT_USAGE after a complaint. */
int prune_check(const struct verb *verb, const struct prune_settings *s);
bool prune_is_asked(const struct prune_settings *s);
/* Pins, then prunes below `out`. */
int prune_runs(const struct prune_settings *s, const char *out, bool json);
void prune_settings_free(struct prune_settings *s);

#endif
