/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two folders of a slot, as its monitor keeps them for its attempts (slotdir/folder.h).
 *
 * A used temp folder is renewed as soon as the attempt's processes are gone, before its end is told: on no attempt's
 * clock. A used artifacts folder is the supervisor's to take away, before it answers with GO.
 */
#ifndef MUSTER_HOST_FOLDERS_H
#define MUSTER_HOST_FOLDERS_H

#include "ipc/message.h"
#include "slotdir/folder.h"

struct folders {
    struct folder temp, artifacts;
};

#define FOLDERS_INIT(temp_dir, artifacts_dir)                                                                          \
    (struct folders)                                                                                                   \
    {                                                                                                                  \
        .temp = {.path = (temp_dir), .fd = -1}, .artifacts = {.path = (artifacts_dir), .fd = -1 }                      \
    }

/* Before an attempt: both are there, and empty. */
int folders_make_ready(struct folders *f);
/* After it. Renews what was used, unless processes are `left` that may still write; fills in what the supervisor should
 * know, as strings in the arena. False when there is nothing to tell. */
bool folders_look(struct folders *f, bool left, bool name_files, struct arena *arena, struct msg_folders *ret);
/* After that: the artifacts folder was used, and is the supervisor's to take. */
bool folders_hold_artifacts(const struct folders *f);

#endif
