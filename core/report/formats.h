/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: one function for each format. They add to `out`; its error is looked at by report_write(). */
#ifndef MUSTER_REPORT_FORMATS_H
#define MUSTER_REPORT_FORMATS_H

#include "base/err.h"
#include "report/output.h"
#include "report/output_reader.h"
#include "report/report_options.h"

/* -ENOSYS when libxml2 can't be loaded. */
int junit_write(struct output *out, const struct run_model *model, const struct output_reader *source,
                enum junit_family family, struct err *err);
/* -ENOSYS when zlib can't be loaded. */
int html_write(struct output *out, const struct run_model *model, const struct output_reader *source, struct err *err);
void results_json_write(struct output *out, const struct run_model *model);
void tap_write(struct output *out, const struct run_model *model, int version);

#endif
