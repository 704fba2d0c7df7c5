/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a folder: the first names, how many there are, how many bytes. Bounded in all: by entries that are looked
 * at, by depth through the length of a path, and with one descriptor. Links are not followed.
 */
#ifndef MUSTER_SLOTDIR_SURVEY_H
#define MUSTER_SLOTDIR_SURVEY_H

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SURVEY_NAMES = 16 };

struct survey {
    const char *names[SURVEY_NAMES]; /* relative paths, in the arena */
    size_t n_names;
    uint64_t n;  /* entries, folders among them */
    bool barred; /* a file can't be read, or a folder can't be listed or emptied, by its owner; or not all was seen */
    uint64_t bytes; /* of regular files, without what their holes are read as */
};

/* Looks at `most` entries below the directory. */
void survey_folder(int dirfd, uint64_t most, struct arena *arena, struct survey *ret);

#endif
