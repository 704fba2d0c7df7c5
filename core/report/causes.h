/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Failures grouped by their cause: the same check, the same top frames, the same fixture, or the same reason but for
 * its numbers. Pure; the model must outlive the result, whose own strings it owns.
 */
#ifndef MUSTER_REPORT_CAUSES_H
#define MUSTER_REPORT_CAUSES_H

#include "report/model.h"

enum cause_kind { CAUSE_CHECK, CAUSE_CRASH, CAUSE_TIMEOUT, CAUSE_FIXTURE, CAUSE_REASON, CAUSE_RULE };

struct cause {
    enum cause_kind kind;
    const char *title; /* of its first case */
    const char *file;  /* "": none */
    int32_t line;
    size_t first; /* place in model->cases */
    size_t n;     /* cases */
};

struct causes {
    struct cause *items; /* the one with the most cases first */
    size_t n;
    uint32_t *of_case; /* for each of model->cases: 0, or the number of its cause, from 1 */
    struct arena arena;
};

struct causes causes_find(const struct run_model *model);
void causes_free(struct causes *causes);
const char *cause_kind_name(enum cause_kind kind);

#endif
