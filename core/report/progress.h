/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: the progress block's text, a pure function of the model and the time.
 *
 *     Running [ 00:00:12] 14/24: 2 running, 12 passed, 0 failed, ETA 00:00:08
 *             [   3.204s] acme.payments.refund_twice
 */
#ifndef MUSTER_REPORT_PROGRESS_H
#define MUSTER_REPORT_PROGRESS_H

#include "report/style.h"

struct running {
    const struct model_case *c; /* NULL: the slot is free */
    int64_t started_ns;
};

/* Appends the block, no line wider than style->width - 1 or more than max_lines of them, without a final newline;
 * returns its number of lines. */
size_t progress_add(struct buf *out, const struct style *style, const struct run_model *model,
                    const struct running *slots, size_t n_slots, size_t max_lines, int64_t now_ns);

#endif
