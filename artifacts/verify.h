/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a bundle is what its run wrote.
 *
 * A bundle is judged on three grounds. Its content, always: the members are those of the manifest, in its order, each
 * with its size and hash and nothing unusual in its header; the manifest bears its seal; the event log ends in the hash
 * that the manifest names. Its container: the members are archived again and compared with the file, byte for byte,
 * which finds what no content shows; this is conclusive when the libraries that wrote the bundle are the ones running.
 * And its checksum, when `<bundle>.sha256` stands beside it.
 *
 * A report owns its strings; the owner calls verify_report_free(). Nothing is extracted but what is asked for, and no
 * size or name in the bundle is trusted. `helper`: see artifacts/bundle.h.
 */
#ifndef MUSTER_ARTIFACTS_VERIFY_H
#define MUSTER_ARTIFACTS_VERIFY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VERIFY_PROBLEMS_MAX = 100 }; /* more are not kept: the first tells enough */

struct verify_problem {
    char *member; /* "" when it concerns the bundle as a whole; safe for a terminal */
    char *why;    /* a sentence without its full stop: "its content is not what the manifest says" */
};

struct verify_report {
    /* From the manifest; "" where there was none to read. */
    char *run, *created, *format, *head, *archiver, *compressor;
    int64_t members; /* in the archive, as far as it was read; the manifest not counted */
    int64_t bytes;   /* of their content */
    bool reencoded;  /* the container's bytes are exactly what this content archives to */
    bool checksum;   /* a .sha256 was there and agrees */
    char *manifest;  /* SHA-256 of MANIFEST.json; "" where there was none to read */
    int64_t *sizes;  /* of the members that were wanted, in their order; -1: there is none of that path */
    struct verify_problem *problems;
    size_t n_problems;
};

void verify_report_free(struct verify_report *r);

/* The bundle was read to its end, and nothing was found. */
static inline bool verify_passed(const struct verify_report *r)
{
    return r->n_problems == 0;
}

/* One line on what vouches for the container's own bytes, to be shown with a verdict; a constant. */
const char *verify_container_note(const struct verify_report *r);

/* -EILSEQ with the first problem, of a report that did not pass; 0 of one that did. */
int verify_judge(const struct verify_report *r, const char *bundle, struct err *err);

/* A member that is taken out of the bundle while it is checked. */
struct bundle_wanted {
    const char *path;
    const char
        *to; /* the file that it becomes in the folder, holes and all (tree_create()); NULL: it goes to the stream */
    int64_t max_tail; /* of what goes to the stream: its last bytes alone; INT64_MAX: all of it */
};

struct bundle_check_options {
    bool container;                     /* the container and the checksum are judged, too */
    const char *manifest;               /* what an earlier report has: the bundle must still be the same; NULL: any */
    const struct bundle_wanted *wanted; /* in the byte order of their paths, each once */
    size_t n_wanted;
    int stream; /* for what has no `to`, end to end in the order of paths; -1: a pipe, see bundle_check_stream() */
    int folder; /* -1: none */
};

/* A check at work, in the helper. What is wanted comes out meanwhile, so that what is in it can be judged in the same
 * pass: unverified as yet, and cut off when the bundle is damaged. It counts once bundle_check_finish() has a report
 * that passed, which ends and frees the check, whether all of the pipe was read or not. */
struct bundle_check;

/* Descriptors and strings stay the caller's, and are not used any more after the call. */
int bundle_check_start(const char *helper, const char *path, const struct bundle_check_options *options,
                       struct bundle_check **ret_check, struct err *err);
/* The reading end of the pipe; the check's. */
const int *bundle_check_stream(const struct bundle_check *c);
/* 0: judged, see the report. Negative: the file could not be read, what is wanted not be written, or the helper not
 * run; the report is untouched. */
int bundle_check_finish(struct bundle_check *c, struct verify_report *ret_report, struct err *err);

#endif
