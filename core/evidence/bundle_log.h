/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event log of a bundle, read as it comes out of the archive, while the bundle is checked: once, and nothing of it
 * is put anywhere.
 */
#ifndef MUSTER_EVIDENCE_BUNDLE_LOG_H
#define MUSTER_EVIDENCE_BUNDLE_LOG_H

#include "artifacts/verify.h"
#include "record/evlog.h"

/* Reads the log: a negative errno with a sentence when something is wrong with it. */
typedef int (*bundle_log_reader)(void *data, const struct evlog_input *input, struct evlog_summary *ret_log,
                                 struct err *err);

/* `container`: as of bundle_check_options. 0: the log was read and ends as the manifest says, or the report, which is
 * the caller's, has problems that come before anything that the reader said. The report's only size is the log's. */
int bundle_log_read(const char *path, bool container, bundle_log_reader read, void *data,
                    struct verify_report *ret_report, struct evlog_summary *ret_log, struct err *err);

#endif
