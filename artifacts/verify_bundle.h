/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check behind bundle_check_start(): runs in muster-bundle (verify.h has the model).
 */
#ifndef MUSTER_ARTIFACTS_VERIFY_BUNDLE_H
#define MUSTER_ARTIFACTS_VERIFY_BUNDLE_H

#include "artifacts/verify.h"

/* `options->stream`: -1: nobody reads it. */
int check_bundle(const char *path, const struct bundle_check_options *options, struct verify_report *ret_report,
                 struct err *err);

#endif
