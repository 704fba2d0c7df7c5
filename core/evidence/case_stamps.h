/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a case's files are, at the end of the run, those that stood there when the case had ended: its output and
 * what its scenario attached. The length of an output is in the log (evidence/folder_audit.h); what was overwritten
 * with as much is found by the times and numbers that the kernel gives a file, which no writer can put back. Nothing is
 * read, so it costs a look at each file, and nothing for a case without any.
 *
 * What was done to a file before its case ended is not found, nor anything in a case of STAMPED_MOST files and more.
 */
#ifndef MUSTER_EVIDENCE_CASE_STAMPS_H
#define MUSTER_EVIDENCE_CASE_STAMPS_H

#include "base/mem.h"
#include "evidence/folder_watch.h"

#include <stdint.h>

enum { STAMPED_MOST = 1000 };

struct stamped_case;
struct case_stamps {
    struct stamped_case *items;
    size_t n, cap;
    struct arena arena;
};

/* `dir`: the run's folder; the case has ended, and nothing of it runs any more. */
void case_stamps_take(struct case_stamps *s, int dir, const char *case_id);
/* When all have ended. `changed` is told each file that is another, gone, or new, with its path in `dir`. */
void case_stamps_compare(const struct case_stamps *s, int dir, folder_changed changed, void *data);
void case_stamps_free(struct case_stamps *s);

#endif
