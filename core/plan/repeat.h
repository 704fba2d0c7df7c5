/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repetitions: a case that is to run N times becomes N cases, `id[repeat=1]` to `id[repeat=N]`, each with its own
 * verdict and evidence. What remembers cases beyond a run knows them by the id without the repetition. Pure.
 */
#ifndef MUSTER_PLAN_REPEAT_H
#define MUSTER_PLAN_REPEAT_H

#include "plan/select.h"

/* Each case `n` times: in rounds, so that the first repetition of all comes before the second of any. */
void repeat_cases(struct selection *selection, uint32_t n);
/* The length of the id without its repetition. */
size_t repeat_base(const char *id);

#endif
