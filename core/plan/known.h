/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The markers that muster itself acts on, with the arguments that each takes. All other markers are the
 * author's own and may have any arguments. A mistake in one of these is an error, since a limit that is
 * silently ignored weakens a test.
 *
 *     timeout(timeout)    flaky(reruns=1, reruns_delay=..., retry_on=...)    skip(reason=...)
 *     known_failure(reason=..., until=...)
 *     memory(size)        pids(n)                              containment(rung)
 *     lock(name)          group(name, max)                     weight(n)           serial
 */
#ifndef MUSTER_PLAN_KNOWN_H
#define MUSTER_PLAN_KNOWN_H

#include "plan/catalogue.h"

/* Whether a scenario's known markers are there once each (any number of lock and group) and have known arguments.
 * -EINVAL names the scenario and the marker. */
int known_check(const struct scenario_info *s, struct err *err);
bool known_is(const char *name);
/* The known marker that an author's own one was probably meant to be: a slip or two away, or in capitals; NULL: none
 * is.
 */
const char *known_meant(const char *name);
/* How a known marker is written that has another name with other runners, as retries(3) for flaky(reruns=3); NULL: it
 * is none of these. Only with arguments: without any, as `retry`, it is a word like others. */
const char *known_elsewhere(const struct marker *m);
/* An argument of a known marker that a scenario has, given by name or by position; NULL if not given. */
const struct marker_value *known_arg(const struct marker *m, const char *key);
/* "<scenario>: marker <marker>: <message>", -EINVAL. */
int known_error(const struct scenario_info *s, const struct marker *m, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
