/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of an attempt's artifacts a bundle takes.
 *
 * The artifacts of an attempt, or of a start of a fixture, are what stands in its folder below files/ (and files-2/ and
 * so on, of what cleaned up after it). In the order of their paths they are taken as long as their sizes, added up,
 * stay within the cap; one that does not fit is left out as a whole, listed as omitted, and smaller ones behind it may
 * still fit. Of a sparse file what counts is its data, but for zip, which has holes as what they are read as. A file
 * that is larger than a manifest can say is above any cap. The logs that muster itself wrote are always taken: they
 * have caps of their own.
 */
#ifndef MUSTER_ARTIFACTS_CAP_H
#define MUSTER_ARTIFACTS_CAP_H

#include "artifacts/manifest.h"

#define CAP_OMITTED "above the cap"

/* Moves files of the sorted manifest to its omitted ones. What can't be opened stays: whoever reads it tells of it. */
void cap_apply(int run_dirfd, int64_t cap, struct manifest *m);

#endif
