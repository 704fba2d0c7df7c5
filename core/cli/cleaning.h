/* SPDX-License-Identifier: Apache-2.0 */
/* One run that is being cleaned up: what cleanup_run.c and cleanup_services.c share. */
#ifndef MUSTER_CLI_CLEANING_H
#define MUSTER_CLI_CLEANING_H

#include "cli/verb_cleanup.h"
#include "exec/kept.h"
#include "record/ledger.h"
#include "record/run_lock.h"

struct cleaning {
    const struct cleanup_settings *settings;
    const char *path; /* as the user knows it */
    int dir;
    struct run_lock run_lock;
    struct run_state facts;
    struct ledger_read ledger;
    struct arena arena;
    int signals;                                      /* base/signals.h; -1: nothing is undone */
    struct kept kept;                                 /* its services that live on */
    enum { ALL_ENTRIES, OF_USERS, OF_SERVICES } part; /* that is undone now */
    size_t undone, gone, failed;
    bool torn;        /* a service's tear-down failed */
    bool left;        /* something that this process made can't be removed */
    bool live;        /* services may be there still, with what is theirs */
    bool all_ended;   /* all services that were kept have ended in good order, and their processes with them */
    bool interrupted; /* while something was removed */
    bool has_spoken;  /* it had something to tell */
};

#endif
