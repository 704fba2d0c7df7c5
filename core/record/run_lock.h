/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock of a run and its state: which process may write into its folder, and what it has outside of it.
 *
 * The file .run-state is made when a run starts. Whoever owns the run, the runner or later `muster cleanup`, holds a
 * lock (flock) on it: the kernel lets go of it when the process dies, however it dies, so it is never stale. The file's
 * one line names what would be left if that happened:
 *
 *     {"v":1,"run_id":"20261121-004529-c034d91b6a07","folder":"65025:131","pid":4711,
 *      "temps":["/tmp/muster-5c1e..."],"groups":["/sys/fs/cgroup/..."],"target":["url","password"],
 *      "kept":["testbed","","testbed","acme.pay.refund"]}
 *
 * Of the target's values only the keys: values may be secrets. The file is removed when nothing is left to do; one that
 * is there, and not locked, belongs to a run that was killed or has cleanups outstanding.
 */
#ifndef MUSTER_RECORD_RUN_LOCK_H
#define MUSTER_RECORD_RUN_LOCK_H

#include "base/err.h"
#include "base/mem.h"
#include "record/durability.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#define RUN_STATE_NAME ".run-state"

struct run_lock {
    int dir;               /* the run's folder: not owned */
    int file;              /* -1: not held */
    durability_sync sync;  /* of the state; NULL: the kernel has it */
    struct timespec noted; /* when the state was last written, as the kernel has it; 0: not yet */
};
#define RUN_LOCK_INIT                                                                                                  \
    {                                                                                                                  \
        .dir = -1, .file = -1                                                                                          \
    }

struct run_state {
    const char *run_id;
    const char *folder; /* read only: device and inode of the folder that it was written in */
    bool in_place;      /* it was written in the folder that it was read from: not for a copy, or by somebody else */
    pid_t pid;
    const char *const *temps; /* temporary folders, absolute: the run's, those of later cleanups */
    size_t n_temps;
    const char *const *groups; /* the run's cgroups: of its containments, and of controllers for limits */
    size_t n_groups;
    const char *const *target;
    size_t n_target; /* "key=value" or "key": what stands before the '=' is written and read */
    const char *const *kept;
    size_t n_kept; /* in twos: a service that outlives the run, and who uses it and has left something to be undone, as
                    * the ledger names him; "": the service alone */
};

/* Takes the lock of the folder; -EBUSY when another process has it, unless `wait`. */
int run_lock_take(struct run_lock *c, int dir, bool wait, struct err *err);
/* Writes the facts; before what they name is made. */
int run_lock_note(struct run_lock *c, const struct run_state *facts, struct err *err);
/* Whether the state is what was last written, in the file that is held: nobody else has written it or taken its place.
 */
bool run_lock_is_untouched(const struct run_lock *c);
/* Gives it up. `settled`: nothing is left to do, the file goes. Nothing when it is not held. */
void run_lock_release(struct run_lock *c, bool settled);

/* Whether a process holds the lock of the folder now. */
bool run_lock_is_held(int dir);
/* What the file says; strings live in the arena. -ENOENT: there is none; fields that can't be read are empty. */
int run_state_read(int dir, struct arena *arena, struct run_state *ret_facts, struct err *err);
/* The same of the file's text. */
void run_state_parse(const char *text, size_t len, struct arena *arena, struct run_state *ret_facts);

#endif
