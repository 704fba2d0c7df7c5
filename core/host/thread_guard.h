/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread guards, from the host's side (data/data.h says what they are for): what a failed check and a stop() do on a
 * thread that only tries something. On other threads all of these do nothing.
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
/* A failed check: true when it was only logged. Does not return when it is a required one besides. */
bool guard_takes_check(const struct muster_check *c);
/* A failed check that has been recorded. Does not return when it is a required one. */
void guard_note_check(const struct muster_check *c);
/* A stop(): does not return when it is only logged. */
void guard_take_stop(int32_t how, const char *file, uint32_t line, const char *reason);
/* A stop() that has been recorded. Does not return on a thread with a guard. */
void guard_note_stop(const char *reason);

#endif
