/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixtures, from the inside. One of plugin or run scope is a process of its own, which is made like an attempt and
 * shares its state and its words (attempt_state.h):
 *
 *   set-up -> asked whether it is ready, until it is -> READY -> waits -> STOP -> tear-down -> cleanups -> verdict
 *
 * One of attempt scope, a *local* one, lives in the attempt: set up before the scenario, torn down after it
 * (fixture_local.h).
 */
#ifndef MUSTER_HOST_FIXTURE_H
#define MUSTER_HOST_FIXTURE_H

/* In a fixture's process: all of its life, and the end of the process. */
_Noreturn void fixture_main(void);

#endif
