/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `muster run` that say which case runs when, and when no more do. */
#ifndef MUSTER_CLI_SCHEDULING_H
#define MUSTER_CLI_SCHEDULING_H

#include "cli/cli.h"
#include "evidence/sharding.h"
#include "exec/runner.h"
#include "plan/order.h"
#include "plan/schedule.h"
#include "record/history.h"
#include "report/model.h"

#include <stdbool.h>

enum { MAX_REPEAT = 100000 };

/* What becomes of a run that proves less than it seems to. */
enum told { TOLD_WARN, TOLD_PASS, TOLD_FAIL };

struct scheduling {
    bool first_failure, dry_run, until_fail;
    const char *rerun;                   /* NULL: all that is selected */
    int64_t max_fail, global_timeout_ns; /* 0: none */
    int64_t repeat;                      /* -1: not given */
    int order;                           /* enum order */
    const char *history;                 /* a file, or "none" */
    int64_t retry_budget;                /* -1: none */
    int flaky_fails, skipped_fails;      /* bool */
    int no_checks, all_skipped;          /* enum told */
};
#define SCHEDULING_INIT                                                                                                \
    {                                                                                                                  \
        .history = HISTORY_DEFAULT, .retry_budget = -1, .repeat = -1                                                   \
    }

#define OPTIONS_SCHEDULING(type_, member_)                                                                             \
    {OPTION_GROUP, 0, NULL, NULL, "Scheduling", 0, NULL},                                                              \
        {OPTION_CHOICE,                                                                                                \
         0,                                                                                                            \
         "order",                                                                                                      \
         "ORDER",                                                                                                      \
         "In which scenarios begin: source (the default), random (by --seed), longest or failed-first (by the "        \
         "history).",                                                                                                  \
         offsetof(type_, member_.order),                                                                               \
         order_parse},                                                                                                 \
        {OPTION_INT,                                                                                                   \
         0,                                                                                                            \
         "repeat",                                                                                                     \
         "N",                                                                                                          \
         "Run each scenario N times, as scenarios of their own: id[repeat=1] and so on.",                              \
         offsetof(type_, member_.repeat),                                                                              \
         NULL},                                                                                                        \
        {OPTION_FLAG,                                                                                                  \
         0,                                                                                                            \
         "until-fail",                                                                                                 \
         NULL,                                                                                                         \
         "Run all again and again until one fails; with --repeat, N times at most.",                                   \
         offsetof(type_, member_.until_fail),                                                                          \
         NULL},                                                                                                        \
        {OPTION_STRING,                                                                                                \
         0,                                                                                                            \
         "rerun",                                                                                                      \
         "WHAT",                                                                                                       \
         "failed or latest, or failed:RUN or the PATH of a run: only what failed in the latest run, or in that one, "  \
         "was "                                                                                                        \
         "not run there, or is new since.",                                                                            \
         offsetof(type_, member_.rerun),                                                                               \
         NULL},                                                                                                        \
        {OPTION_FLAG,                                                                                                  \
         'x',                                                                                                          \
         "exitfirst",                                                                                                  \
         NULL,                                                                                                         \
         "Begin nothing new after the first scenario that failed: --max-fail 1.",                                      \
         offsetof(type_, member_.first_failure),                                                                       \
         NULL},                                                                                                        \
        {OPTION_INT,                                                                                                   \
         0,                                                                                                            \
         "max-fail",                                                                                                   \
         "N",                                                                                                          \
         "Begin nothing new after N scenarios that failed; what runs is finished.",                                    \
         offsetof(type_, member_.max_fail),                                                                            \
         NULL},                                                                                                        \
        {OPTION_DURATION,                                                                                              \
         0,                                                                                                            \
         "global-timeout",                                                                                             \
         "TIME",                                                                                                       \
         "For the whole run: what runs then is ended, and the run has failed.",                                        \
         offsetof(type_, member_.global_timeout_ns),                                                                   \
         NULL},                                                                                                        \
        {OPTION_STRING,                                                                                                \
         0,                                                                                                            \
         "history",                                                                                                    \
         "FILE",                                                                                                       \
         "Where durations and verdicts are remembered from run to run, or none. Default: .muster/history.db.",         \
         offsetof(type_, member_.history),                                                                             \
         NULL},                                                                                                        \
    {                                                                                                                  \
        OPTION_FLAG, 0, "dry-run", NULL, "Show what would run, in order, and run nothing.",                            \
            offsetof(type_, member_.dry_run), NULL                                                                     \
    }

/* Fills the runner's options from the settings. */
void scheduling_apply(const struct scheduling *s, struct runner_options *o);
/* Why nothing new was begun, for the console: malloc'd, or NULL. A signal, or a time that ran out, is run_status.h's.
 */
char *scheduling_ending(const struct scheduling *s, const struct runner_result *result);
/* "pass", "fail". */
int scheduling_choose_fails(const char *text, int *ret_choice);
/* Name the scenarios that are marked known_failure, and passed, or failed after its date: malloc'd, or NULL. */
char *scheduling_expired(const struct run_model *model);
char *scheduling_mended(const struct run_model *model);
/* Names those that passed without a check, a few of many: malloc'd, or NULL. */
char *scheduling_unchecked(const struct run_model *model);
/* Those that were skipped, named alike. */
char *scheduling_skipped(const struct run_model *model);
/* "warn", "pass", "fail": enum told. */
int scheduling_choose_told(const char *text, int *ret_choice);
/* Repeats the cases of the selection, where they become cases of their own. */
void scheduling_repeat(const struct scheduling *s, struct selection *selection);
/* The file, or NULL for --history none. */
const char *scheduling_history(const struct scheduling *s);
/* In which order cases begin: indexes of the selection, malloc'd. */
uint32_t *scheduling_sequence(const struct scheduling *s, const struct catalogue *c, const struct selection *selection,
                              uint64_t seed);
/* --dry-run: what would run, in order, to stdout. */
void scheduling_show(const struct catalogue *c, const struct selection *selection, const uint32_t *sequence,
                     const struct sharding *sharding);

#endif
