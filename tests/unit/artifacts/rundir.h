/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's directory for a test: temporary, small, removed at the end. Functions assert, so that a test reads as what it
 * is about.
 */
#ifndef TEST_RUNDIR_H
#define TEST_RUNDIR_H

#include "artifacts/bundle.h"
#include "artifacts/digest.h"
#include "artifacts/verify.h"
#include "base/buf.h"

struct rundir {
    char path[64];
    int fd;
    char head[DIGEST_HEX]; /* of the event log's last line */
};

#define autorundir __attribute__((cleanup(rundir_remove)))
/* With events.jsonl of two lines, junit.xml, and an attempt's output. */
struct rundir rundir_make(void);
void rundir_remove(struct rundir *r);
/* Makes the directories on the way. */
void rundir_write(const struct rundir *r, const char *path, const void *data, size_t len);

struct bundle_options rundir_options(const struct rundir *r, enum bundle_format format);
/* Packs, and appends the bundle's bytes. */
void rundir_pack(const struct rundir *r, enum bundle_format format, struct buf *ret_bundle);
/* Writes bytes as a file "suspect" without a checksum beside it, and checks it. */
struct verify_report rundir_check(const struct rundir *r, const void *data, size_t len);

#endif
