/* SPDX-License-Identifier: Apache-2.0 */
/* Which thread of an attempt ends its phases. */
#ifndef MUSTER_HOST_ATTEMPT_THREADS_H
#define MUSTER_HOST_ATTEMPT_THREADS_H

#include <stdbool.h>

/* The caller is the main one from now on. */
void attempt_note_main_thread(void);
bool attempt_on_main_thread(void);
/* On every way in from plugin code: the thread is of the phase in which it was first seen. */
void attempt_see_thread(void);
/* The calling thread ends the phase, and goes on with the next; if another one did already, it never returns. */
void attempt_take_over(void);

#endif
