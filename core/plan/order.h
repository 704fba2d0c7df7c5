/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which order the cases of a selection begin. The selection itself stays in the order of the sources, which is that
 * of all reports. Serial cases begin last in any order, so that the slots are emptied for them once. Pure.
 */
#ifndef MUSTER_PLAN_ORDER_H
#define MUSTER_PLAN_ORDER_H

#include "plan/select.h"

enum order {
    ORDER_SOURCE, /* plugins as they were given, then file and line */
    ORDER_RANDOM, /* by the seed */
};

/* "source", "random"; -EINVAL. */
int order_parse(const char *name, int *ret_order);
/* Fills `ret_sequence`, which has room for each case, with indexes of cases. */
void order_cases(const struct catalogue *c, const struct selection *selection, enum order order, uint64_t seed,
                 uint32_t *ret_sequence);

#endif
