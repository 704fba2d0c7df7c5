/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which order the cases of a selection begin. The selection itself stays in the order of the sources, which is that
 * of all reports. Serial cases begin last in any order, so that the slots are emptied for them once. Pure.
 */
#ifndef MUSTER_PLAN_ORDER_H
#define MUSTER_PLAN_ORDER_H

#include "plan/select.h"

enum order {
    ORDER_SOURCE,       /* plugins as they were given, then file and line */
    ORDER_RANDOM,       /* by the seed */
    ORDER_LONGEST,      /* by how long they took; what is not known comes first, since it may be long */
    ORDER_FAILED_FIRST, /* those that ended badly, then the others */
};

/* What is known of a case from earlier runs. */
struct case_past {
    bool known, bad; /* bad: it ended so the last time */
    int64_t mean_ns;
};

/* "source", "random", "longest", "failed-first"; -EINVAL. */
int order_parse(const char *name, int *ret_order);
/* Whether the order needs to know the past. */
bool order_wants_past(enum order order);
/* Fills `ret_sequence`, which has room for each case, with indexes of cases. `past` is by case; NULL: nothing is known,
 * and the order is that of the sources. */
void order_cases(const struct catalogue *c, const struct selection *selection, enum order order, uint64_t seed,
                 const struct case_past *past, uint32_t *ret_sequence);

#endif
