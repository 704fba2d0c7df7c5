/* SPDX-License-Identifier: Apache-2.0 */
/* Options for selecting, which run and list share. */
#ifndef MUSTER_CLI_SELECT_OPTIONS_H
#define MUSTER_CLI_SELECT_OPTIONS_H

#include "cli/cli.h"
#include "cli/configuring.h"
#include "discover/find.h"
#include "plan/select.h"

struct selecting {
    const char *markers;                         /* -m */
    const char *keywords;                        /* -k */
    const char *shard;                           /* --shard; NULL: all */
    const char *target;                          /* --target; NULL: not given */
    int64_t timeout_ns, retries, retry_delay_ns; /* -1: not given */
    int64_t load_timeout_ns;
    int timeout_factor;                   /* --timeout-factor, from 1 */
    int retry_on;                         /* enum retry_on; 0: not given */
    struct option_list data, own_markers; /* selecting_free() */
    struct configuring configuring;
    bool strict_markers, packs;
};
#define SELECTING_INIT                                                                                                 \
    {                                                                                                                  \
        .timeout_ns = -1, .timeout_factor = 1, .retries = -1, .retry_delay_ns = -1, .load_timeout_ns = 10 * NS_PER_S   \
    }

/* For inspect too. */
#define OPTION_OWN_MARKER(type_, member_)                                                                              \
    {                                                                                                                  \
        OPTION_LIST, 0, "own-marker", "NAME",                                                                          \
            "A marker of your own, although it looks like a slip of one of muster's, which is an error.",              \
            offsetof(type_, member_.own_markers), NULL                                                                 \
    }

#define OPTIONS_SELECTING(type_, member_)                                                                              \
    {OPTION_GROUP, 0, NULL, NULL, "Selecting", 0, NULL},                                                               \
        {OPTION_STRING,                                                                                                \
         'm',                                                                                                          \
         "markers",                                                                                                    \
         "EXPR",                                                                                                       \
         "Only scenarios whose markers fit, as in pytest: 'e2e and not slow', 'priority_p0 or issue(id=4711)'.",       \
         offsetof(type_, member_.markers),                                                                             \
         NULL},                                                                                                        \
        {OPTION_STRING,                                                                                                \
         'k',                                                                                                          \
         "keywords",                                                                                                   \
         "EXPR",                                                                                                       \
         "Only scenarios whose id, plugin or markers contain the words: 'tenant and not delete'.",                     \
         offsetof(type_, member_.keywords),                                                                            \
         NULL},                                                                                                        \
        {OPTION_STRING,                                                                                                \
         0,                                                                                                            \
         "shard",                                                                                                      \
         "PART",                                                                                                       \
         "Only a part of what is selected: I/N, the I-th of N parts, or auto, as the CI's variables say. Every "       \
         "scenario is in exactly one part; 'muster merge' puts the runs together.",                                    \
         offsetof(type_, member_.shard),                                                                               \
         NULL},                                                                                                        \
        {OPTION_FLAG,                                                                                                  \
         0,                                                                                                            \
         "packs",                                                                                                      \
         NULL,                                                                                                         \
         "The demonstration packs of the installation, as if their folder was a PATH.",                                \
         offsetof(type_, member_.packs),                                                                               \
         NULL},                                                                                                        \
        {OPTION_FLAG,                                                                                                  \
         0,                                                                                                            \
         "strict-markers",                                                                                             \
         NULL,                                                                                                         \
         "A word in -m or -k that no scenario has is an error; without this, a warning.",                              \
         offsetof(type_, member_.strict_markers),                                                                      \
         NULL},                                                                                                        \
        OPTION_OWN_MARKER(type_, member_),                                                                             \
        {OPTION_STRING,                                                                                                \
         0,                                                                                                            \
         "target",                                                                                                     \
         "FILE",                                                                                                       \
         "The target file: what operations are on the platform under test. Default: the one that a plugin with "       \
         "fixtures ships as PLUGIN.target.yaml.",                                                                      \
         offsetof(type_, member_.target),                                                                              \
         NULL},                                                                                                        \
    {                                                                                                                  \
        OPTION_LIST, 0, "data", "ID=FILE",                                                                             \
            "Take the rows of FILE (*.yaml, *.json, *.csv; FILE#/PLANS: a part of it) as those of a scenario's "       \
            "parameters. ID+=FILE: in addition to its own.",                                                           \
            offsetof(type_, member_.data), NULL                                                                        \
    }

/* Complains of every marker that muster does not understand, and counts them. */
size_t cli_complain_of_markers(const struct found *f, const struct selecting *s);
void selecting_free(struct selecting *s);
/* Says that nothing was selected, of how much, and, without a PATH, where was looked. */
void cli_complain_of_nothing(struct found *f);
/* Selects from what was found; the status to end with, or EXIT_OK. Complaints are printed. */
int cli_select(const struct verb *verb, struct found *f, const struct selecting *s, struct selection *ret_selection);

#endif
