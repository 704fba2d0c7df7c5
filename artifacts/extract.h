/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members taken out of a bundle while it is checked: into files of a folder, or end to end into a stream.
 *
 * It is told of every member in the archive's order, which is that of their paths, and keeps those that are wanted. It
 * holds nothing: a member is written as it comes, and only as much of it as its manifest says. Whether it was what the
 * manifest says, the check finds out; what was taken counts only when it did. Runs in muster-bundle.
 */
#ifndef MUSTER_ARTIFACTS_EXTRACT_H
#define MUSTER_ARTIFACTS_EXTRACT_H

#include "artifacts/manifest.h"
#include "artifacts/verify.h"

struct extract {
    const struct bundle_check_options *what; /* the caller's */
    int64_t *sizes;                          /* of what is wanted, in its order; -1: it was not met. The caller's */
    int stream;                              /* -1: nobody reads it any more */
    /* The member at hand: */
    const struct bundle_wanted *wanted; /* NULL: nobody wants it */
    int file;                           /* that it becomes; -1: it goes to the stream */
    int64_t size, from;                 /* what lies before `from` is not taken */
    struct extents data;                /* the member's */
    size_t extent;                      /* which of them is next */
    int64_t at;                         /* where the next byte of its data stands in it */
    int64_t done;                       /* up to where it was written */
};

void extract_start(struct extract *t, const struct bundle_check_options *what, int64_t *sizes);
/* `data`: of a sparse one; it must last until extract_end(). */
int extract_member(struct extract *t, const char *path, int64_t size, const struct extents *data, struct err *err);
/* The next of its data. */
int extract_data(struct extract *t, const char *data, size_t len, struct err *err);
/* All of it has come; `cut`: or will not. */
int extract_end(struct extract *t, bool cut, struct err *err);

#endif
