/* SPDX-License-Identifier: Apache-2.0 */
/* Runs in a list: a line for each. Pure. */
#ifndef MUSTER_REPORT_RUN_ROWS_H
#define MUSTER_REPORT_RUN_ROWS_H

#include "base/json_out.h"
#include "report/model.h"
#include "report/style.h"

struct run_row {
    const char *name;   /* of its folder: its id, unless somebody has renamed it */
    const char *status; /* model_status(), or one of those below */
    const char *started_at;
    int64_t duration_ns; /* -1: not known */
    int64_t exit_status; /* -1: none */
    size_t cases, passed, bad, flaky, skipped, not_run;
    bool pinned;
};
#define RUN_ROW_RUNNING "RUNNING" /* its runner is at work */
#define RUN_ROW_DAMAGED "DAMAGED" /* its log can't be read to its end */

/* What the model knows of it; texts are the model's. */
struct run_row run_row_of(const struct run_model *model, const char *name);
/* "      FAILED [   1.234s]  12 min ago 20261201-024506-c034d91b6a07 1 bad of 24": 80 columns of a run with an id. */
void run_row_add(struct buf *out, const struct style *style, const struct run_row *row, int64_t now_ns);
/* Its members, within an object. */
void run_row_json(struct json_out *j, const struct run_row *row);
/* "12 min ago", at most ten columns; a moment to come is "now". */
void run_row_age(struct buf *out, int64_t ns);

#endif
