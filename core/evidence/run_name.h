/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which run is meant: the one place where the RUN of a command line becomes a path.
 *
 *     a path      that is there: a run's folder, its event log or its bundle
 *     latest      the newest run below `out`; the same without a RUN
 *     previous    the one before it; -1 is the same, and -2 the one before that
 *     an id       of a run below `out`, or the beginning of one, if no other run's begins so
 *
 * What is there by its path comes first: a folder named `previous` is that folder.
 */
#ifndef MUSTER_EVIDENCE_RUN_NAME_H
#define MUSTER_EVIDENCE_RUN_NAME_H

#include "base/err.h"
#include "evidence/run_list.h"

/* *ret_path is malloc'd. -ENOENT: no such run; -EINVAL: several begin so. Whether it is a run's folder or bundle is for
 * who opens it to say. */
int run_name_find(const char *run, const char *out, char **ret_path, struct err *err);

/* Which of the runs below `out`, newest first, `latest` points to; without a link the newest. */
size_t run_name_latest(const struct run_list *runs, const char *out);

#endif
