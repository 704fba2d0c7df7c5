/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that is over, from its folder, its event log or its bundle: the model that reports are made of, and where the
 * output files are. What is read is verified: the log by its chain, and of a bundle all of its content, by its
 * manifest.
 */
#ifndef MUSTER_EVIDENCE_PAST_RUN_H
#define MUSTER_EVIDENCE_PAST_RUN_H

#include "artifacts/read.h"
#include "base/err.h"
#include "record/evlog.h"
#include "report/model.h"
#include "report/report.h"

struct past_run {
    struct run_model model;
    struct evlog_summary log;
    bool is_whole;                 /* its last event is the run's end */
    struct output_reader source;   /* of a bundle: what past_run_take() took, and nothing before */
    const struct event_sink *also; /* NULL: none */
    int dir;                       /* -1 for a bundle */
    char *bundle;                  /* its path; NULL for a folder */
    char *manifest;                /* of the bundle: bundle_check_options has what it is for */
    struct bundle_reader *outputs;
    int spool; /* of `outputs`; -1: there is none */
};

/* Verifies the log on the way; past_run_close() in any case. */
int past_run_open(struct past_run *p, const char *path, struct err *err);
/* The same; each event is told to the sink, too, when the model has had it. They are verified only when it returns. */
int past_run_read(struct past_run *p, const char *path, const struct event_sink *also, struct err *err);
/* An error when the log has not even the run's beginning: then there is nothing to look at. */
int past_run_check_begun(const struct past_run *p, const char *path, struct err *err);
/* What reads output files by `source`; it is called once before they are there, and has to ask for the same then. */
typedef int (*past_run_reading)(void *data, const struct run_model *model, const struct output_reader *source,
                                struct err *err);
/* Takes out of a bundle what the reading will ask for, and nothing else; of a folder nothing has to be taken. */
int past_run_take(struct past_run *p, past_run_reading reading, void *data, struct err *err);
/* The same for a report. */
int past_run_take_outputs(struct past_run *p, enum report_format format, const struct report_options *options,
                          struct err *err);
void past_run_close(struct past_run *p);

#endif
