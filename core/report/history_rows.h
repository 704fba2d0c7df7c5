/* SPDX-License-Identifier: Apache-2.0 */
/* What the history says of cases, in lines: which are flaky, and which slow. Pure. */
#ifndef MUSTER_REPORT_HISTORY_ROWS_H
#define MUSTER_REPORT_HISTORY_ROWS_H

#include "base/json_out.h"
#include "record/case_stats.h"
#include "record/history.h"
#include "report/style.h"

struct flaky_row {
    const struct history_case *c;
    struct case_rate rate;
};

struct flaky_rows {
    struct flaky_row *flaky;   /* whose interval's lower end is the highest first */
    struct flaky_row *failing; /* in each of their last runs, the longest first; some are among the others, too */
    size_t n_flaky, n_failing;
};

struct flaky_rows flaky_rows_make(const struct history_case *cases, size_t n, size_t window);
void flaky_rows_free(struct flaky_rows *rows);
/* `limit` of each; 0: all. */
void flaky_rows_add(struct buf *out, const struct style *style, const struct flaky_rows *rows, size_t limit);
/* Its members, within an object. */
void flaky_rows_json(struct json_out *j, const struct flaky_rows *rows);

struct slow_row {
    const struct history_case *c;
    struct case_times times;
};

struct slow_rows {
    struct slow_row *items; /* with the longest median first */
    size_t n;
};

/* `grown`: only those that took longer lately, at least half as much again and 100 ms. */
struct slow_rows slow_rows_make(const struct history_case *cases, size_t n, size_t window, bool grown);
void slow_rows_free(struct slow_rows *rows);
bool slow_row_has_grown(const struct case_times *times);
void slow_rows_add(struct buf *out, const struct style *style, const struct slow_rows *rows, size_t limit);
void slow_rows_json(struct json_out *j, const struct slow_rows *rows);

#endif
