/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people call scenarios, as patterns of ids: a bare name, `refund_twice` or `payments.refund_twice` for
 * acme.payments.refund_twice, parameters behind it or not; and a place in the sources, `pay.c:42`, for the scenario
 * that this line is in: the last one of the file that begins there or above. What is an id, the beginning of one, or a
 * glob stays as it is, and so does what nobody is called. Pure.
 */
#ifndef MUSTER_PLAN_NAMES_H
#define MUSTER_PLAN_NAMES_H

#include "plan/catalogue.h"

struct names {
    const char **items; /* borrowed, or in the catalogue's arena */
    size_t n, cap;
};

/* Appends the patterns for one of them. -ENOENT: there is no scenario at the place. */
int names_add(struct names *names, struct catalogue *c, const char *text, struct err *err);
void names_free(struct names *names);
/* The length of FILE in "FILE:LINE" and "FILE:LINE:", and the line; 0 when it is neither. */
size_t names_place(const char *text, uint32_t *ret_line);

#endif
