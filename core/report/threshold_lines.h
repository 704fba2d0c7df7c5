/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: thresholds in sentences, which all reports share. */
#ifndef MUSTER_REPORT_THRESHOLD_LINES_H
#define MUSTER_REPORT_THRESHOLD_LINES_H

#include "report/model.h"
#include "report/style.h"

/* Those that were missed, with the value and where the worst sample is. */
void thresholds_add_missed(struct buf *out, const struct style *style, const struct run_model *model);
/* "  Thresholds 3 met, 1 missed, 1 not measured: scaling.time < 30 s"; nothing where there is none. */
void thresholds_add_summary(struct buf *out, const struct style *style, const struct run_model *model);
/* "it is 2.31s, of 120 samples", or why it can't be judged. */
void threshold_add_found(struct buf *out, const struct model_threshold *t);
/* "the worst, 4.2s, is of acme.store.queries, attempt 1", or, where that is the value, "recorded by" and so on; nothing
 * where no case has it. */
void threshold_add_worst(struct buf *out, const struct model_threshold *t);

#endif
