/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents as one archive: NAME.json each, in a tar archive that zstd compresses. Pure: no database, no disk. */
#ifndef TESTBED_ARCHIVE_FILE_H
#define TESTBED_ARCHIVE_FILE_H

#include <jansson.h>
#include <stddef.h>

/* Of an object's members; the caller's to free. NULL: memory is short, or libarchive has refused. */
void *archive_file_make(const json_t *documents, size_t *ret_len);
/* The same object again; NULL: it is no such archive. */
json_t *archive_file_read(const void *file, size_t len);

#endif
