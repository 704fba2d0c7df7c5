/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: the progress block's text, a pure function of the model and the time.
 *
 *     Running [ 00:00:12] 14/24: 2 running, 12 passed, 0 failed, ETA 00:00:08
 *             [   3.204s] acme.payments.refund_twice
 *
 * What has no room in a line is left out: of the head whole parts, the last ones first; of a name its middle.
 * Parameters that have no room behind a time go on in lines below, where the block has room for these.
 */
#ifndef MUSTER_REPORT_PROGRESS_H
#define MUSTER_REPORT_PROGRESS_H

#include "report/style.h"

struct running {
    const struct model_case *c; /* NULL: the slot is free */
    int64_t started_ns;
};

enum { PROGRESS_LINES = 9 };

/* A block as it was written. */
struct progress_lines {
    size_t n, columns[PROGRESS_LINES];
};

/* Appends the block, no line wider than style->width - 1, which is not 0, nor more of them than max_lines and
 * PROGRESS_LINES, without a final newline. */
void progress_add(struct buf *out, const struct style *style, const struct run_model *model,
                  const struct running *slots, size_t n_slots, size_t max_lines, int64_t now_ns,
                  struct progress_lines *ret_lines);

#endif
