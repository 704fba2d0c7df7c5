/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles, as the runner uses them.
 *
 * A bundle is the archive of a run's directory with a manifest as its first member (artifacts/manifest.h). Archives are
 * written and read by a program of their own, muster-bundle, which these functions spawn and wait for: libarchive
 * brings libxml2 and ICU, whose loading costs every muster process 1.6 ms, and a bundle that came by mail is opened in
 * a process that has nothing to lose. `helper` is that program's path; in the build tree it stands beside muster, in an
 * installation in libexec.
 *
 * A run prepares its bundle first of all: the program loads while plugins do, and then waits. At the run's end
 * bundle_start() says what to write: bundle_file_name(format), and its .sha256, into the run's directory, replacing
 * older ones. bundle_fd() is readable when it is done; bundle_finish() gives the result, and waits for it. ^C does not
 * reach the program; bundle_cancel() ends it at any time, and nothing half-written stays. A writer belongs to one
 * thread; bundle_finish() and bundle_cancel() end and free it. A caller that waits for children of any kind has to
 * leave bundle_pid() alone.
 */
#ifndef MUSTER_ARTIFACTS_BUNDLE_H
#define MUSTER_ARTIFACTS_BUNDLE_H

#include "artifacts/format.h"
#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

struct bundle_options {
    enum bundle_format format;
    const char *run_id;    /* valid UTF-8 */
    int64_t created;       /* ns since 1970: the run's start; the bundle keeps whole seconds */
    const char *head;      /* 64 hex digits: hash of the last line of events.jsonl; "" or NULL when there is none */
    int64_t artifacts_cap; /* bytes of an attempt's artifacts that are taken (artifacts/cap.h); 0: all */
    const char *const *left_out; /* paths below the run's directory that stay out, ended by NULL; NULL: none */
};

struct bundle_result {
    int64_t n_above_cap; /* artifacts that were left out */
};

struct bundle_writer;

int bundle_prepare(const char *helper, struct bundle_writer **ret_writer, struct err *err);
void bundle_start(struct bundle_writer *w, int run_dirfd, const struct bundle_options *options);
int bundle_fd(const struct bundle_writer *w);
pid_t bundle_pid(const struct bundle_writer *w);
int bundle_finish(struct bundle_writer *w, struct bundle_result *ret_result, struct err *err);
void bundle_cancel(struct bundle_writer *w);

#endif
