/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run, one of its cases or one step as a person looks at it later: what `muster show` prints, as text and as JSON.
 * Functions of the model and of the attempts' output files, as reports are.
 */
#ifndef MUSTER_REPORT_SHOW_H
#define MUSTER_REPORT_SHOW_H

#include "base/json_out.h"
#include "report/causes.h"
#include "report/output_reader.h"
#include "report/style.h"

/* What is shown, and of where. */
struct shown {
    const struct run_model *model;
    const struct output_reader *source;
    const char *path;    /* of the run */
    bool is_bundle;      /* its files are in the bundle `path`, and not below it */
    const char *command; /* that made the run, of a shell */
    const char *rerun;   /* the command that runs it again; "": none */
    int64_t attempt;     /* which one to show in full; 0: the one that the verdict is from */
};

/* Head, failures by cause, what was flaky, summary. */
void show_run(struct buf *out, const struct style *style, const struct shown *s);
void show_run_json(struct json_out *j, const struct shown *s);
/* Verdict, attempts, checks, logs, the end of its output, steps, measurements, files. */
void show_case(struct buf *out, const struct style *style, const struct shown *s, const struct model_case *c);
void show_case_json(struct json_out *j, const struct shown *s, const struct model_case *c);
/* One step of an attempt: its place, its checks, the steps in it. */
void show_step(struct buf *out, const struct style *style, const struct shown *s, const struct model_case *c,
               const struct model_attempt *a, const struct model_step *step);
void show_step_json(struct json_out *j, const struct shown *s, const struct model_case *c,
                    const struct model_attempt *a, const struct model_step *step);

/* The attempt to show in full; NULL: there is none. */
const struct model_attempt *show_attempt(const struct shown *s, const struct model_case *c);
/* "    Evidence muster-out/20261201-024506-c034d91b6a07/cases/acme.pay/", and the rerun command. `below`: of the path.
 */
void show_end(struct buf *out, const struct style *style, const struct shown *s, const char *below);
/* Files that there are of an attempt, each by its path as show_end() has it, one call each; `bytes` of the file. */
void show_files(const struct shown *s, const struct model_case *c, const struct model_attempt *a,
                void (*tell)(void *data, const char *path, const char *media_type, int64_t bytes), void *data);

#endif
