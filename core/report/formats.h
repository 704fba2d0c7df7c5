/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: one function for each format. They add to `out`; its error is looked at by report_write(). */
#ifndef MUSTER_REPORT_FORMATS_H
#define MUSTER_REPORT_FORMATS_H

#include "report/output.h"
#include "report/source.h"

/* 0, or -ENOMEM when libxml2 could not begin. */
int junit_write(struct output *out, const struct run_model *model, const struct report_source *source);
void results_json_write(struct output *out, const struct run_model *model);
void tap_write(struct output *out, const struct run_model *model);

#endif
