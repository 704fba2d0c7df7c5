/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exit status of a run, and why: one never comes without the other. Pure; the order in which one wins over another
 * is docs/reference/exit-status.md.
 */
#ifndef MUSTER_CLI_RUN_STATUS_H
#define MUSTER_CLI_RUN_STATUS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct run_outcome {
    const char *failure; /* of the runner itself; NULL: none */
    int interrupted_by;  /* a signal; 0: none */
    uint64_t refused;    /* plugins */
    uint64_t bad, flaky; /* cases */
    uint64_t changed;    /* things in the run's folder that somebody else has changed */
    bool flaky_fails;
    uint64_t skipped;
    bool skipped_fails;
    uint64_t unchecked; /* cases that passed without a check */
    bool unchecked_fails;
    bool all_skipped, all_skipped_fails;
    bool nothing_selected, nothing_fails;
    bool out_of_time; /* --global-timeout */
    int64_t global_timeout_ns;
    uint64_t cleanups_failed; /* and tear-downs of fixtures */
    uint64_t missed;          /* thresholds */
    bool missed_warns;        /* --missed warn */
    bool left;                /* temporary files or cgroups that could not be removed */
};

struct run_status {
    int status;
    char *why; /* a sentence, malloc'd; NULL for EXIT_OK and for no other */
};

static inline void run_status_free(struct run_status *s)
{
    free(s->why);
}
#define autostatus __attribute__((cleanup(run_status_free))) struct run_status

struct run_status run_status_of(const struct run_outcome *o);

#endif
