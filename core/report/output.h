/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text on its way to a descriptor.
 *
 * Reports are written piece by piece: what belongs together is added to `text`, and output_step() writes
 * when enough has gathered, so that a report of any size takes little memory. The first failed write is
 * kept in `error` and nothing more is written. The descriptor stays the caller's.
 */
#ifndef MUSTER_REPORT_OUTPUT_H
#define MUSTER_REPORT_OUTPUT_H

#include "base/buf.h"

#include <stdbool.h>

struct output {
    int fd;
    struct buf text;
    bool defuse; /* a CI server reads it: no command that a stranger wrote may act on it */
    int error;   /* negative errno of the first failed write, 0 when all is well */
};

/* Writes what has gathered when it is much. */
void output_step(struct output *out);
/* Writes all; returns out->error. Waits for a descriptor that is not ready. */
int output_flush(struct output *out);
/* Writes what the descriptor takes without waiting; the rest stays in `text`. */
void output_flush_ready(struct output *out);
/* Releases the memory without writing. */
void output_free(struct output *out);

#endif
