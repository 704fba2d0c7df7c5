/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether somebody else writes into a run's folder while the run goes on: a scenario that has guessed where it is, most
 * often. inotify(7) tells of it when it happens, so that who runs then can be named; it costs nothing while nobody
 * does. What stands in the folder of an attempt is looked at in the end (evidence/folder_audit.h).
 *
 * Our own doings there are known by their names: `cases`, `fixtures` and the ledger are made once, log and ledger are
 * never closed meanwhile, and `.slots` and the run's state are ours alone. One thread, that of the loop.
 */
#ifndef MUSTER_EVIDENCE_FOLDER_WATCH_H
#define MUSTER_EVIDENCE_FOLDER_WATCH_H

#include "base/loop.h"

/* `path`: in the run's folder; `what`: what was done to it, "it was written by somebody else". */
typedef void (*folder_changed)(void *data, const char *path, const char *what);

struct folder_watch {
    struct loop *loop;
    struct source source;    /* fd -1: nothing is watched */
    char *path;              /* the folder's */
    int log, ledger, folder; /* watches; -1: none yet */
    folder_changed changed;
    void *data;
};
#define FOLDER_WATCH_INIT                                                                                              \
    {                                                                                                                  \
        .source = SOURCE_INIT                                                                                          \
    }

/* `path`: the run's folder, with its log in it. A negative errno where there is no inotify, or no more of it for this
 * user; then nothing is watched. `w` must not move while it is open. */
int folder_watch_open(struct folder_watch *w, struct loop *loop, const char *path, folder_changed changed, void *data);
/* Tells now of what has come until now, not when the loop comes to it. Nothing happens to one that was not opened. */
void folder_watch_read(struct folder_watch *w);
/* Tells of what has come until now, and ends. Nothing happens to one that was not opened. */
void folder_watch_close(struct folder_watch *w);

#endif
