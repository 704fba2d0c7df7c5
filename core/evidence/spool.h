/* SPDX-License-Identifier: Apache-2.0 */
/* A nameless file for what is taken out of a bundle (artifacts/read.h): gone with its descriptor. */
#ifndef MUSTER_EVIDENCE_SPOOL_H
#define MUSTER_EVIDENCE_SPOOL_H

#include "base/err.h"

#include <stdint.h>

/* In this folder. The descriptor, or a negative errno. */
int spool_open_in(const char *folder, struct err *err);
/* For at most these bytes: in memory as long as they are few, else in TMPDIR, or /var/tmp. */
int spool_open(int64_t bytes, struct err *err);

#endif
