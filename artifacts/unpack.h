/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle, unrolled into one file from which any member can be read at once.
 *
 * The spool is "<length of the manifest>\n", the manifest, and the members' contents end to end, as the manifest orders
 * them; of a sparse one its data. Members are held against the manifest on the way, so that what is read from a spool
 * is what the manifest says. Runs in muster-bundle; the reader's side is read.h.
 */
#ifndef MUSTER_ARTIFACTS_UNPACK_H
#define MUSTER_ARTIFACTS_UNPACK_H

#include "base/err.h"

int unpack_bundle(const char *path, int spool_fd, struct err *err);

#endif
