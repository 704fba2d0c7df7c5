/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files in a bundle, read.
 *
 * Opening unrolls the bundle once into an unlinked temporary file (in $TMPDIR, else /var/tmp; as large as the content),
 * checked against the manifest; after that every member is read at once, in any order. A reader owns that file and is
 * used by one thread; bundle_close() ends it. `helper`: see artifacts/bundle.h.
 *
 * The hashes are checked, the container is not: bundle_verify() does that.
 */
#ifndef MUSTER_ARTIFACTS_READ_H
#define MUSTER_ARTIFACTS_READ_H

#include "artifacts/manifest.h"

#include <sys/types.h>

struct bundle_reader;

int bundle_open(const char *helper, const char *path, struct bundle_reader **ret_reader, struct err *err);
void bundle_close(struct bundle_reader *r);

/* Run id, start, head of the event chain, and all files; as long as the reader. */
const struct manifest *bundle_manifest(const struct bundle_reader *r);
/* The file of that path, or NULL. */
const struct manifest_file *bundle_find(const struct bundle_reader *r, const char *path);

/* Up to `len` bytes of a file from `offset` on; how many, 0 at its end; -ENOENT when there is no such file. */
ssize_t bundle_pread(const struct bundle_reader *r, const char *path, void *data, size_t len, int64_t offset);
/* Appends the last `max_tail` bytes of a file (SIZE_MAX: all of it); *ret_cut, which may be NULL, is how many bytes
 * come before them. -ENOENT when there is no such file. */
int bundle_read(const struct bundle_reader *r, const char *path, size_t max_tail, struct buf *out, int64_t *ret_cut,
                struct err *err);

#endif
