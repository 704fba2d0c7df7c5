/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check behind bundle_verify(): runs in muster-bundle (verify.h has the model).
 */
#ifndef MUSTER_ARTIFACTS_VERIFY_BUNDLE_H
#define MUSTER_ARTIFACTS_VERIFY_BUNDLE_H

#include "artifacts/verify.h"

/* The event log's bytes are written to log_fd as they come; -1: they are not wanted. */
int check_bundle(const char *path, int log_fd, struct verify_report *ret_report, struct err *err);

#endif
