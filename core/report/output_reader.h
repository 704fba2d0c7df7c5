/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where reports find the attempts' output files: a run's directory, or a bundle. Paths are below the
 * run's directory, as artifact_path() makes them.
 */
#ifndef MUSTER_REPORT_OUTPUT_READER_H
#define MUSTER_REPORT_OUTPUT_READER_H

#include "base/buf.h"
#include "report/model.h"

struct bundle_reader;

struct output_reader {
    /* Appends the last `max_tail` bytes of a file and tells its whole size; a negative errno, with nothing
     * appended, when it can't be read (-ENOENT: it was not kept). */
    int (*read)(void *data, const char *path, size_t max_tail, struct buf *out, int64_t *ret_size);
    void *data;
};

/* A run's directory. The descriptor must outlive the source. */
struct output_reader output_reader_dir(const int *dirfd);
/* What was taken out of a bundle (artifacts/read.h), which must outlive the source; NULL: nothing. */
struct output_reader output_reader_bundle(struct bundle_reader *bundle);

/* Appends the path of an attempt's file: "cases/<case>/attempt-1/stdout.log". */
void output_reader_path(struct buf *out, const struct model_case *c, const struct model_attempt *a, const char *name);
/* Of what its scenario attached under this name. */
void output_reader_artifact_path(struct buf *out, const struct model_case *c, const struct model_attempt *a,
                                 const char *name);
/* The tail of an attempt's file, appended; false when there is nothing to show. `source` may be NULL. */
bool output_reader_tail(const struct output_reader *source, const char *path, size_t max_tail, struct buf *out,
                        int64_t *ret_size);

#endif
