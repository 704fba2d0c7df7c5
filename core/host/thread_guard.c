/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that only try something. */
#include "host/thread_guard.h"

#include "host/attempt_state.h"

#include <unistd.h>

static _Thread_local struct thread_guard *current;

struct thread_guard *guard_current(void)
{
    return current;
}

void guard_set(struct thread_guard *guard)
{
    current = guard;
}

void guard_abandon(struct thread_guard *guard)
{
    attempt.n_late++;
    guard->abandoned = true;
}

_Noreturn void guard_hold(void)
{
    for (;;)
        pause(); /* its frames are the plugin's, and never unwound; the process's end takes it along */
}

void guard_pass(void)
{
    if (current && current->abandoned)
        guard_hold();
}
