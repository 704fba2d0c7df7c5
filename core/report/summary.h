/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a run as a person reads it: every failure with all that is known of it, what was flaky or
 * left something behind, the summary, the plugins that were refused. The console prints it after a live
 * run, and `muster report --format human` from the log.
 */
#ifndef MUSTER_REPORT_SUMMARY_H
#define MUSTER_REPORT_SUMMARY_H

#include "report/output.h"
#include "report/output_reader.h"
#include "report/style.h"

void summary_final(struct output *out, const struct style *style, const struct run_model *model,
                   const struct output_reader *source);

/* One attempt's failure: checks, crash, timeout, leaks, and the tail of its output. */
void failure_add(struct buf *out, const struct style *style, const struct model_case *c, const struct model_attempt *a,
                 const struct output_reader *source);
/* The same on one line: `pay.c:42: r.status == 409`; nothing when there is nothing to say. */
void failure_add_short(struct buf *out, const struct style *style, const struct model_attempt *a);
/* Why, in a line without a place: the reason, and both values where it is that of a check. */
void failure_add_message(struct buf *out, const struct model_attempt *a);
/* One failed check with its values. */
void failure_add_check(struct buf *out, const struct style *style, const struct model_attempt *a,
                       const struct model_check *check);
void failure_add_leaks(struct buf *out, const struct style *style, const struct model_attempt *a);

/* "     Summary [   1.234s] 24 scenarios run: 23 passed (1 flaky), 1 failed" */
void summary_add(struct buf *out, const struct style *style, const struct run_model *model);

/* The same with thresholds, whether the run came to its end, and what else is wrong with it. */
void summary_end(struct buf *out, const struct style *style, const struct run_model *model);

/* One thing that somebody else did to the run's folder. */
void change_add(struct buf *out, const struct style *style, const struct model_change *change);
/* A plugin that was not loaded, and why. */
void refusal_add(struct buf *out, const struct style *style, const struct model_refusal *r);

#endif
