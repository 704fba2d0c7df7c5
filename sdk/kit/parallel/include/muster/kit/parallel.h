/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/parallel.h: several users at once within a scenario, each a thread.
 *
 *     static void buy(struct muster_ctx *t, unsigned user, void *data)
 *     {
 *         struct m_http *api = m_http_open(t, data, NULL);
 *         m_barrier(t);
 *         CHECK_INT(m_post(api, "/tickets/1/buy", NULL).status, ==, 200);
 *     }
 *     SCENARIO(a_rush) { m_parallel(t, 50, buy, (void *)m_target(t, "url")); }
 *
 * Model
 *   m_parallel() starts n threads, lets them go when all are there, and returns when all have ended. Users are numbered
 *   from 0. The calling thread waits meanwhile; groups may be started one after another, and by a user of another
 * group.
 *
 * Who may call what
 *   A user may do all that a scenario may: CHECK, REQUIRE, STEP, LOG, DEFER, attach. `data` is shared by all of them
 *   and the caller's to protect; a client of the kit (struct m_http, struct m_ws) belongs to one user at a time.
 *   Each runs in a step of its own, "user 3", within the one in which m_parallel() was called: it has its time, and
 *   what fails there is attributed to it. Further steps nest in it, on each thread for itself. Its thread is named the
 *   same, for stacks. A stack has 1 MiB.
 *
 * Failure
 *   A failed CHECK is recorded and the user goes on, as do the others. A failed REQUIRE, or FAIL, SKIP, ERROR, ends the
 *   attempt from that user's thread: the scenario's tear-down runs on it while the other users go on, the
 *   cleanups run when all of them are gone. Of several that do so at once the first counts. A crash of one
 *   is the crash of the attempt. When a thread can't be started no user's function is called, and the scenario ends as
 *   an error that names the number and the reason. An exception that leaves the function is a crash (std::terminate).
 */
#ifndef MUSTER_KIT_PARALLEL_H
#define MUSTER_KIT_PARALLEL_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

M_KIT_BEGIN_

/* Calls fn for the users 0 to n - 1, all at once. */
void m_parallel(struct muster_ctx *t, unsigned n, void (*fn)(struct muster_ctx *t, unsigned user, void *data),
                void *data);

/*
 * Waits until every user of the caller's group is here, as often as wanted. A user whose function has returned counts
 * as being here, so that one that is done early holds up nobody. It has no timeout but the attempt's: shortly before
 * that one an error in the log names the users that are waited for, and the runner's report of the timeout shows where
 * they stand. Ends the scenario as an error where the caller is no user of a group.
 */
void m_barrier(struct muster_ctx *t);

M_KIT_END_

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_VOID_(m_parallel, (t, n, fn, data), struct muster_ctx *t, unsigned n,
               void (*fn)(struct muster_ctx *t, unsigned user, void *data), void *data)
M_PLACED_VOID_(m_barrier, (t), struct muster_ctx *t)
#ifdef M_PLACED_IN_C_
#define m_parallel(...) m_parallel_at_(M_HERE_, __VA_ARGS__)
#define m_barrier(...)  m_barrier_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
