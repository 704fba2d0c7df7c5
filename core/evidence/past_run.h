/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that is over, from its folder, its event log or its bundle: the model that reports are made of, and where the
 * output files are.
 */
#ifndef MUSTER_EVIDENCE_PAST_RUN_H
#define MUSTER_EVIDENCE_PAST_RUN_H

#include "artifacts/read.h"
#include "base/err.h"
#include "record/evlog.h"
#include "report/model.h"
#include "report/output_reader.h"

struct past_run {
    struct run_model model;
    struct evlog_summary log;
    bool is_whole; /* its last event is the run's end */
    struct output_reader source;
    int dir;                      /* -1 for a bundle */
    struct bundle_reader *bundle; /* NULL for a folder */
};

/* Where a run is that is given by its path, or by its name below `out`. */
char *past_run_path(const char *run, const char *out);
/* Verifies the log on the way; past_run_close() in any case. */
int past_run_open(struct past_run *p, const char *path, struct err *err);
void past_run_close(struct past_run *p);

#endif
