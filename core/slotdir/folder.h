/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One folder that attempts use one after the other, and that each finds empty.
 *
 * Whether it was used is found out by looking into it, through a descriptor that stays open: times of change are as
 * coarse as their file system has them. A used one is removed and made anew, if that takes a few steps; if it takes
 * more, or can't be done, the folder is set aside: renamed to <path>~<something>, for the sweeper (slotdir/sweeper.h)
 * to remove while nobody waits. So a renewal takes little time, whatever an attempt has left.
 *
 * The monitor of a slot owns its folders while it lives, and the supervisor when it is gone. Functions return a
 * negative errno. No process of an attempt may be alive meanwhile.
 */
#ifndef MUSTER_SLOTDIR_FOLDER_H
#define MUSTER_SLOTDIR_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

enum { FOLDER_ASIDE = '~' }; /* in the name of what was set aside, and of nothing else */

struct folder {
    const char *path; /* absolute; the caller's */
    int fd;           /* -1 before the first time; later ones get the same number */
    bool is_there;    /* as we made it: what `fd` is, and these */
    dev_t dev;
    ino_t ino;
};

/* What a renewal could not do. */
struct folder_rest {
    char *aside; /* path of what was set aside; the caller's to free; NULL: nothing was */
    char *stuck; /* "<path>: <why>" of the first thing that can't be removed; the caller's to free; NULL: none */
};

/* Takes over the folder where it is empty, and makes it where it is missing or anything else. */
int folder_open(struct folder *f, struct folder_rest *rest);
/* Anything but the empty private folder that it was made as. */
bool folder_is_used(const struct folder *f);
int folder_renew(struct folder *f, struct folder_rest *rest);
/* Renames what is at the path, in a folder of ours. A missing one is success. *ret_to is its new path, the caller's to
 * free; NULL where nothing was renamed. */
int folder_set_aside(const char *path, char **ret_to);
/* Whether there is something at the path that is no empty folder. */
bool folder_holds_something(const char *path);

#endif
