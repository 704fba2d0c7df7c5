/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a deferred cleanup survives before its author is answered.
 *
 *     process   the end of every process of the run: its line is in the kernel (write())
 *     disk      the end of the machine, too: its line, the run's state, and the folders that lead to them are on the
 * disk
 *
 * That a cleanup was done is never waited for: where the line gets lost it is run again, which cleanups have to stand
 * anyway.
 */
#ifndef MUSTER_RECORD_DURABILITY_H
#define MUSTER_RECORD_DURABILITY_H

enum durability { DURABILITY_PROCESS, DURABILITY_DISK };

/* -EINVAL: there is no such mode. */
int durability_parse(const char *name, enum durability *ret_mode);

/* Brings a file's content, or a folder's entries, to the disk; a negative errno. */
typedef int (*durability_sync)(int fd);
/* NULL: nothing is to be waited for. */
durability_sync durability_sync_of(enum durability mode);

/* Syncs a folder and those above it, so that what is in it can be reached after a crash. It ends at one that may not be
 * read: the run did not make that. */
int durability_sync_folders(durability_sync sync, int dir);

#endif
