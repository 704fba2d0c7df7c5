/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Those who ask the target, by name or number, each with as many sessions as are in use at the same time.
 *
 * A session is one thread's at a time, and steps may run beside each other: so each step borrows one and gives it back.
 * A step that fails never does that, its thread stands still or leaves it for `finally`. Whoever finds a session that
 * its own thread still has takes it: a thread does one thing at a time.
 */
#ifndef MUSTER_TARGET_PEOPLE_H
#define MUSTER_TARGET_PEOPLE_H

#include <muster/kit/target.h>

struct seat;

/* Notes a login and its arguments, which live until the attempt ends; the number that it is known by from now on. */
int64_t people_add(struct muster_ctx *t, const char *login, const struct m_json *arguments);
/* `by`: null is the target's first identity, a text one by name or "nobody", an object with `session` one that was
 * added. Ends the scenario at `at` when there is no such one, or it can't log in. */
struct seat *people_borrow(struct muster_ctx *t, struct m_site at, const struct m_json *by);
struct m_session *people_session(const struct seat *seat);
void people_give_back(struct seat *seat);

#endif
