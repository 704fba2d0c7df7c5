/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's directory, walked: which files a bundle takes.
 *
 * Every regular file below the directory is listed, in the byte order of its path; links, sockets and devices are never
 * followed or opened, but listed as omitted. Paths may be longer than PATH_MAX, as a scenario can nest directories as
 * it likes: they are opened piece by piece. Nothing is kept open between calls. Files that are taken out of a bundle
 * are made in the same way.
 */
#ifndef MUSTER_ARTIFACTS_TREE_H
#define MUSTER_ARTIFACTS_TREE_H

#include "artifacts/manifest.h"
#include "base/err.h"

/* Fills m->files (paths only) and m->omitted. `left_out`: directories or files, relative to the run's directory, that
 * stay out with all below them; NULL, or ended by NULL. Bundles of the run, and their checksums, are never listed. */
int tree_list(int dirfd, const char *const *left_out, struct manifest *m, struct err *err);

/* A path that tree_list() gave, opened for reading without following a link; the descriptor or a negative errno. */
int tree_open(int dirfd, const char *path);

/* Makes the file, which must not be there, and the folders of its path, each within the one before and through no link;
 * open for writing. -EILSEQ: the path has an empty part, or "." or "..", and might lead out of the folder. */
int tree_create(int dirfd, const char *path);

/* Makes all files below the directory readable by their owner, and all folders such that the owner can list, enter and
 * empty them: what a scenario's modes would bar. What can't be changed is passed over. */
void tree_unbar(int dirfd);

#endif
