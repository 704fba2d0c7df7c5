/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files. Everything that muster creates is private to the user (0600, 0700). Functions return a
 * negative errno; they do not set an error text, since only the caller knows what the file was.
 */
#ifndef MUSTER_BASE_IO_H
#define MUSTER_BASE_IO_H

#include "base/buf.h"

#include <stdint.h>
#include <sys/types.h>

/* Writes all, in spite of short writes and EINTR. */
int io_write_all(int fd, const void *data, size_t len);
/* Reads a file from where its descriptor stands to its end and appends it to *out; files above `max` bytes give
 * -EFBIG. */
int io_read_fd(int fd, size_t max, struct buf *out);
/* The same by its name; -EINVAL when it is no regular file. */
int io_read_file(int dirfd, const char *path, size_t max, struct buf *out);
/* Opens for reading what somebody outside has named: only a regular file, and at once (a FIFO would wait for a writer).
 * -EINVAL when it is something else, and *ret_what says what ("a FIFO"). */
int io_open_regular(int dirfd, const char *path, const char **ret_what);
/* "a FIFO", "a folder" ...; NULL: a regular file. */
const char *io_kind_of(mode_t mode);
/* Writes a whole file under a temporary name beside it and renames it: readers see all or nothing. */
int io_write_file(int dirfd, const char *path, const void *data, size_t len);
/* mkdir -p, mode 0700. An existing directory is success. */
int io_mkdirs(int dirfd, const char *path);
/* Removes a tree as base/remove_tree.h does, to the end. A missing path is success. */
int io_remove_tree(int dirfd, const char *path);
/* Renames to a name that nothing has; -EEXIST. On a file system that can't look and rename in one (NFS), it is two
 * steps. */
int io_rename_new(const char *from, const char *to);
/* A close-on-exec pipe of which only the reading end, ret_fds[0], does not block. */
int io_pipe(int ret_fds[2]);

#endif
