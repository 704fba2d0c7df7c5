/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was found out about a machine: a line for each thing that runs can use, with what it means and, where it is
 * lacking, what to do. Pure: what fills a list is in doctor.h.
 */
#ifndef MUSTER_DOCTOR_FINDINGS_H
#define MUSTER_DOCTOR_FINDINGS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum finding_level {
    FINDING_OK,
    FINDING_NOTE,  /* good to know; nothing is lost by it */
    FINDING_LACKS, /* what some scenarios want can't be had */
    FINDING_NEEDS, /* the same of something without which no run goes well */
};

struct finding {
    enum finding_level level;
    char *name;
    char *text;   /* what there is, or why it isn't, and what that means */
    char *advice; /* what to do; NULL: nothing */
};

struct findings {
    struct finding *items;
    size_t n, cap;
};

/* `text` and `advice` are malloc'd, and the list's from now on. */
void findings_add(struct findings *f, enum finding_level level, const char *name, char *text, char *advice);
/* How many things a plain run needs, and lacks. */
size_t findings_needs(const struct findings *f);
/* For people, at 80 columns, with a line at the end that says what a plain run can expect. */
void findings_show(const struct findings *f, struct buf *out);
void findings_add_json(const struct findings *f, struct buf *out);
void findings_free(struct findings *f);

#endif
