/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of a bundle, read.
 *
 * A bundle is read from its start to its end, so whoever wants something of it says all of it at once: bundle_open()
 * has the bundle checked, and what is wanted put into a spool, end to end; after that every one of these members is
 * read at once, in any order. The spool is an empty file of the caller's, which stays the caller's and open as long as
 * the reader; it has to take what is wanted, and no more. bundle_extract() makes files of members, in a folder. One
 * thread; bundle_close() ends a reader. `helper`: see artifacts/bundle.h.
 */
#ifndef MUSTER_ARTIFACTS_READ_H
#define MUSTER_ARTIFACTS_READ_H

#include "artifacts/verify.h"
#include "base/buf.h"

#include <sys/types.h>

struct bundle_reader;

/* `options`: its stream is the spool, and nothing has a `to`. -EILSEQ: the bundle is not what its run wrote, and the
 * sentence is the first of what verify_judge() says. */
int bundle_open(const char *helper, const char *path, const struct bundle_check_options *options,
                struct bundle_reader **ret_reader, struct err *err);
void bundle_close(struct bundle_reader *r);

/* SHA-256 of MANIFEST.json: the bundle's name for whoever reads it again. */
const char *bundle_manifest(const struct bundle_reader *r);
/* Whether a member that was wanted is there. */
bool bundle_has(const struct bundle_reader *r, const char *path);
/* Up to `len` bytes of a member from `offset` on; how many, 0 at its end; -ENOENT when there is none, or it was not
 * wanted; -EINVAL when they come before the tail that was. */
ssize_t bundle_pread(const struct bundle_reader *r, const char *path, void *data, size_t len, int64_t offset);
/* Appends the last `max_tail` bytes of a member (SIZE_MAX: all of it); *ret_cut, which may be NULL, is how many bytes
 * come before them. Errors as of bundle_pread(). */
int bundle_read(const struct bundle_reader *r, const char *path, size_t max_tail, struct buf *out, int64_t *ret_cut,
                struct err *err);

/* Makes files of members, each of which has a `to` in the folder, of a bundle that an earlier report passed: its
 * content is checked again. A member that it does not have is left out. What was made stays, also after a failure. */
int bundle_extract(const char *helper, const char *path, const struct bundle_check_options *options, struct err *err);

#endif
