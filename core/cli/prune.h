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
        .rule = RETENTION_RULE_INIT                                                                                    \
    }
/* What is kept at the most: `muster runs --prune` and, after each run, `muster run` go by it. */
#define RETENTION_RULE_INIT                                                                                            \
    {                                                                                                                  \
        .runs = -1, .age_ns = -1, .bytes = -1                                                                          \
    }
#define OPTIONS_RETENTION(type_, member_)                                                                              \
    {OPTION_INT, 0, "keep-runs", "N", "Keep the N newest runs.", offsetof(type_, member_.runs), NULL},                 \
        {OPTION_DURATION,                                                                                              \
         0,                                                                                                            \
         "keep-age",                                                                                                   \
         "TIME",                                                                                                       \
         "Keep runs that began within this time: 720h, for 30 days.",                                                  \
         offsetof(type_, member_.age_ns),                                                                              \
         NULL},                                                                                                        \
    {                                                                                                                  \
        OPTION_SIZE, 0, "keep-size", "SIZE", "Keep the newest runs that take no more together: 500M, 20G.",            \
            offsetof(type_, member_.bytes), NULL                                                                       \
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
        OPTIONS_RETENTION(type_, member_.rule),                                                                        \
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
/* After a run: quiet but for what went. Failures are warnings. */
void prune_after_run(const struct retention_rule *rule, const char *out, bool quiet);
void prune_settings_free(struct prune_settings *s);

#endif
