/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that appears whole or not at all.
 *
 * It is written without a name (O_TMPFILE; a hidden name where the file system has no such files), so that even SIGKILL
 * leaves nothing. outfile_publish() syncs it and gives it its name, replacing an older file in one step, and writes
 * "<name>.sha256" beside it. outfile_discard() ends one that was not published, and is harmless on one that was.
 */
#ifndef MUSTER_ARTIFACTS_OUTFILE_H
#define MUSTER_ARTIFACTS_OUTFILE_H

#include "artifacts/digest.h"
#include "base/err.h"

#include <stdbool.h>

struct outfile {
    int dirfd; /* the caller's */
    int fd;
    bool named; /* under the hidden name, to be removed */
    struct digest *digest;
};

#define OUTFILE_CLOSED ((struct outfile){.dirfd = -1, .fd = -1})

int outfile_open(int dirfd, struct outfile *ret, struct err *err);
/* `data` is the struct outfile: the sink of an encoder. */
int outfile_add(const void *bytes, size_t len, void *data);
int outfile_publish(struct outfile *o, const char *name, struct err *err);
void outfile_discard(struct outfile *o);

#endif
