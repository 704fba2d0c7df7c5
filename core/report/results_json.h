/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: the parts of results.json, which report.html has within it. Its documentation holds for both. */
#ifndef MUSTER_REPORT_RESULTS_JSON_H
#define MUSTER_REPORT_RESULTS_JSON_H

#include "base/json_out.h"
#include "report/model.h"

/* Members of the object `testRun`: before its scenarios, and behind them. */
void results_json_run(struct json_out *j, const struct run_model *m);
void results_json_outcome(struct json_out *j, const struct run_model *m);
/* A failed check. */
void results_json_failure(struct json_out *j, const struct model_attempt *a, const struct model_check *check);
/* One of its scenarios. */
void results_json_case(struct json_out *j, const char *key, const struct model_case *c);

#endif
