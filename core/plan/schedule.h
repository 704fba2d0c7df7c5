/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which case begins next: a queue that knows of slots, locks, groups and weights.
 *
 * Cases begin in their order. One whose lock or group is taken is passed over, and what it claims is kept free of later
 * ones from then on, so that it isn't passed over for ever. One that wants more slots than are free is not passed over:
 * later ones wait with it until enough have ended. Hence none starves, and as the first of the queue can begin when
 * nothing runs, none waits for ever.
 *
 * Cases with the same claims stand in one line, and only the heads of the lines are looked at. A decision takes a time
 * that grows with the logarithm of the number of lines, whatever they claim; without claims there is one line.
 *
 * Pure: no clock, no processes. The catalogue and the selection must outlive it.
 */
#ifndef MUSTER_PLAN_SCHEDULE_H
#define MUSTER_PLAN_SCHEDULE_H

#include "plan/select.h"

struct schedule;

/* All cases in the order of `sequence` (order.h), for `slots` attempts at a time. -EINVAL: a claim that is none, or two
 * scenarios that give a group different sizes. */
int schedule_new(const struct catalogue *c, const struct selection *selection, const uint32_t *sequence, uint32_t slots,
                 struct schedule **ret_schedule, struct err *err);
void schedule_free(struct schedule *s);

/* The case that begins now, which has its claims from then on; false when none can before another ends. */
bool schedule_next(struct schedule *s, uint32_t *ret_case);
/* The first of those that could begin if enough slots were free; it stays where it is. False: there is none. */
bool schedule_peek(const struct schedule *s, uint32_t *ret_case);
/* It gives back what it has. */
void schedule_ended(struct schedule *s, uint32_t i);
/* Back into the queue: before all that have not begun yet; before all that have not been chosen yet; or behind all.
 * Those that come back in the same way keep the order in which they do. */
void schedule_first(struct schedule *s, uint32_t i);
void schedule_again(struct schedule *s, uint32_t i);
void schedule_last(struct schedule *s, uint32_t i);
/* No case claims anything: any may begin wherever a slot is free. */
bool schedule_is_plain(const struct schedule *s);
/* How much work its decisions have been so far, in a unit of its own: for tests of growth. */
uint64_t schedule_moves(const struct schedule *s);

#endif
