/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs that the programs of a fixture write themselves (sdk/kit/process): the plain files NAME.log in its artifacts
 * folder. They grow while attempts use the fixture, and while they are read; what else is in the folder is a stranger's
 * work, so nothing is followed and nothing is waited for.
 */
#ifndef MUSTER_EXEC_FIXTURE_FILES_H
#define MUSTER_EXEC_FIXTURE_FILES_H

#include "base/buf.h"

#include <stdint.h>

enum { FIXTURE_FILES_MOST = 16 }; /* logs of one fixture that are looked at */

struct fixture_file {
    char *name;
    uint64_t size;
};

struct fixture_files {
    struct fixture_file *items;
    size_t n, cap;
};

/* What is there now; none when the folder can't be read. `dir` stays the caller's. */
void fixture_files_list(int dir, struct fixture_files *ret_files);
/* How large the file was; 0 where it was not there. */
uint64_t fixture_files_size(const struct fixture_files *files, const char *name);
void fixture_files_free(struct fixture_files *files);
/* Appends the newest `most` bytes of what is between `from` and `to`. */
void fixture_file_read(int dir, const char *name, uint64_t from, uint64_t to, size_t most, struct buf *out);
/* Copies them as they are now into another folder, where they are new. 0 or the first negative errno. */
int fixture_files_copy(int dir, int into);

#endif
