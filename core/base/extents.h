/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a sparse file has data: what lies between is holes, which are read as zeros and take no place.
 *
 * Only holes that are worth it make a file a sparse one: EXTENTS_WORTH bytes of them in all. There are EXTENTS_MAX
 * extents at most: of a file that has more, the smallest holes count as data. A file that is one hole has one extent
 * all the same, at its beginning. So is the list of the same file on the same file system the same each time.
 */
#ifndef MUSTER_BASE_EXTENTS_H
#define MUSTER_BASE_EXTENTS_H

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

enum { EXTENTS_MAX = 1000, EXTENTS_WORTH = 1024 * 1024, EXTENTS_OF_A_HOLE = 512 };

struct extent {
    int64_t offset, length;
};

/* Ascending, apart, none empty, all within the file. */
struct extents {
    const struct extent *items;
    size_t n;      /* 0: the file is no sparse one */
    int64_t bytes; /* of data in all */
};

/* Of a regular file, whose position changes to its beginning. One whose file system tells nothing is no sparse one. */
void extents_of_file(int fd, struct arena *arena, struct extents *ret);
bool extents_equal(const struct extents *a, const struct extents *b);

#endif
