/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The removal of a tree that strangers made.
 *
 * A tree may be deeper than any path is long, wider than memory for its names is worth, barred by modes, and full of
 * links, sockets and mounts. So the walk does not recurse, names one component at a time, holds two descriptors at the
 * most however deep it is, follows no link, enters no mount (a mount is taken off, where that is to be had) and changes
 * modes that bar the way. It goes on behind what can't be removed, and remembers the first of it. What it keeps in
 * memory are the names of the folders between the top and where it is, and of their siblings that are still to come.
 *
 * Nobody else may change the tree meanwhile. One that does can make the walk stop with -ESTALE; it can't lead it
 * elsewhere. Any process may call it; it sets no error text, as base/io.h.
 */
#ifndef MUSTER_BASE_REMOVE_TREE_H
#define MUSTER_BASE_REMOVE_TREE_H

#include <stdbool.h>
#include <stdint.h>

struct removal {
    /* Asked before each step, which removes an entry, enters a folder or leaves one; false ends the walk with
     * -ECANCELED. NULL: there is no bound. A walk that was ended can be begun again, and has less before it. */
    bool (*go_on)(void *data, uint64_t steps);
    void *data;
    const char *last; /* name of a file in the tree's top folder that goes when all else in there is gone, so that what
                       * it says of the tree holds for a half-removed one too; NULL: none */
    uint64_t steps;
    char *left; /* path, from the last component of the one given on, of the first that can't be removed; the caller's
                 * to free; NULL: none */
    int error;  /* of that one; 0: none */
};

/* What ends a removal, where that is all that is to be said of it. */
struct removal_bound {
    bool (*go_on)(void *data, uint64_t steps); /* as in struct removal */
    void *data;
};

/* Removes the tree, and gives the first error. A missing path is success. `path`: shorter than PATH_MAX, its parents
 * are followed as usual. */
int remove_tree(int dirfd, const char *path, struct removal *removal);

#endif
