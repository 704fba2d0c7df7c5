/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what a run left is whole: its event log, which has to link from the first line to the run's end, and, of a
 * bundle, everything else in it, too. Read once, from start to end; nothing is held but a line and the bundle's
 * manifest. The owner calls run_check_free().
 */
#ifndef MUSTER_EVIDENCE_RUN_CHECK_H
#define MUSTER_EVIDENCE_RUN_CHECK_H

#include "artifacts/verify.h"
#include "record/evlog.h"

struct run_check {
    struct verify_report bundle; /* nothing in it for a folder */
    struct evlog_summary log;
};

/* 0: whole, or `bundle` has problems. -ENOENT: there is no run; -EILSEQ: its log is not whole; otherwise it could not
 * be found out. */
int run_check_folder(const char *path, struct run_check *ret_check, struct err *err);
int run_check_bundle(const char *path, struct run_check *ret_check, struct err *err);
void run_check_free(struct run_check *c);

#endif
