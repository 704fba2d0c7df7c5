/* SPDX-License-Identifier: Apache-2.0 */
/* A suite of scenarios with markers, selected and in the order of the sources: what a schedule is made of. */
#ifndef TESTS_PLAN_SUITE_H
#define TESTS_PLAN_SUITE_H

#include "sample.h"

#include "plan/order.h"
#include "plan/schedule.h"

struct suite {
    struct catalogue catalogue;
    struct selection selection;
    uint32_t *sequence;
};

#define autosuite __attribute__((cleanup(suite_free))) struct suite

void suite_free(struct suite *s);
/* A scenario for each row, with the markers in it. */
void suite_make(struct suite *s, const char *const *markers, size_t n);
struct schedule *schedule_of(const struct suite *s, uint32_t slots);
/* The next of a sequence that is the same every time, below n. */
uint32_t random_of(uint32_t *state, uint32_t n);

#endif
