/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finished run's directory, packed into a bundle.
 *
 * Two passes over the files: one hashes them for the manifest, which comes first; one archives them, and hashes again,
 * so that a file which changed in between is an error and not a bundle that fails its own check. The bundle is built
 * without a name, synced, and takes its name only when it is whole: on failure nothing is left behind, and a bundle of
 * an earlier try stays. Beside it stands its SHA-256, as sha256sum writes it.
 *
 * Errors name the file. Runs in muster-bundle, which has one thread (encode.h says why that matters).
 */
#ifndef MUSTER_ARTIFACTS_PACK_H
#define MUSTER_ARTIFACTS_PACK_H

#include "artifacts/bundle.h"

int pack_run(int run_dirfd, const struct bundle_options *options, struct bundle_result *ret_result, struct err *err);

#endif
