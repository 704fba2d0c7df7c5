/* SPDX-License-Identifier: Apache-2.0 */
/* Which thread of an attempt ends its phases. */
#include "host/attempt_threads.h"

#include "host/attempt_state.h"

#include <unistd.h>

/* The generation in which another thread than the main one was first seen, from 1; 0: it was not yet. */
static _Thread_local unsigned generation_of_thread;

/* An address of its own, which asks nobody: pthread_self() is a call into a page that most attempts need for nothing
 * else. */
static const void *own_identity(void)
{
    return &generation_of_thread;
}

void attempt_note_main_thread(void)
{
    attempt.main_thread = own_identity();
}

bool attempt_on_main_thread(void)
{
    return own_identity() == attempt.main_thread;
}

/* The main thread's is kept with the attempt's state: most attempts then write to no thread-local page. */
static unsigned *own_generation(void)
{
    return attempt_on_main_thread() ? &attempt.era_of_main : &generation_of_thread;
}

void attempt_see_thread(void)
{
    if (!attempt_on_main_thread() && !generation_of_thread)
        generation_of_thread = atomic_load_explicit(&attempt.generation, memory_order_acquire) + 1;
}

/* For good: its caller does not expect to go on, and a thread can't be ended without unwinding it (the kernel could,
 * but the C library would hand its thread-specific data to the next one). */
static _Noreturn void hold_this_thread(void)
{
    for (;;)
        pause();
}

/*
 * Several threads may want to end the same phase (ten users whose required checks fail): the first one does, and goes
 * on with the next phase; the others are held here until the process ends. Threads that the next phase starts are of a
 * new generation: one of them may end that phase.
 */
void attempt_take_over(void)
{
    attempt_see_thread();
    unsigned *own = own_generation(), generation = *own - 1;
    if (!atomic_compare_exchange_strong(&attempt.generation, &generation, generation + 1))
        hold_this_thread();
    ++*own;
}
