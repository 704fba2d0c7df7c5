/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of bundle: what `--bundle` names, what the file is called. Pure functions.
 */
#ifndef MUSTER_ARTIFACTS_FORMAT_H
#define MUSTER_ARTIFACTS_FORMAT_H

#include <stddef.h>

enum bundle_format { BUNDLE_TAR_ZST, BUNDLE_TAR_GZ, BUNDLE_ZIP, BUNDLE_N_FORMATS };

/* "tar.zst", "tar.gz", "zip". */
const char *bundle_format_name(enum bundle_format format);
/* 0 or -EINVAL. */
int bundle_format_parse(const char *name, enum bundle_format *ret_format);
/* The bundle's name in the run's directory: "bundle.tar.zst". */
const char *bundle_file_name(enum bundle_format format);
/* The format by a file's first bytes (four are enough), whatever the file is called; 0 or -EINVAL. */
int bundle_format_sniff(const void *data, size_t len, enum bundle_format *ret_format);

#endif
