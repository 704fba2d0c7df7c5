/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread guards, from the host's side (data/data.h says what they are for): which thread has one, and that one whom
 * nobody waits for goes no further. guard_checks.h has what its failed checks do. On other threads all of these do
 * nothing.
 */
#ifndef MUSTER_HOST_THREAD_GUARD_H
#define MUSTER_HOST_THREAD_GUARD_H

#include "data/data.h"

/* Of the calling thread; NULL: none. */
struct thread_guard *guard_current(void);
void guard_set(struct thread_guard *guard);

/* Nobody waits for its thread any more. */
void guard_abandon(struct thread_guard *guard);
/* Does not return when nobody waits for the thread any more. */
void guard_pass(void);
/* Keeps the calling thread from going on, for good. */
_Noreturn void guard_hold(void);

#endif
