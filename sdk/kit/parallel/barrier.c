/* SPDX-License-Identifier: Apache-2.0 */
/* Where the users of a group meet. */
#include "group.h"

#include <errno.h>
#include <muster/kit/wait.h>
#include <time.h>

_Thread_local struct user *parallel_group_self;

void parallel_group_meet_if_all_are_here(struct group *g)
{
    if (g->n_waiting == 0 || g->n_waiting + g->n_done < g->n)
        return;
    for (unsigned i = 0; i < g->n; i++)
        if (g->users[i].state == USER_AT_BARRIER)
            g->users[i].state = USER_BUSY;
    g->n_waiting = 0;
    g->meetings++;
    pthread_cond_broadcast(&g->changed);
}

/* "user 3, user 7 and 2 more" */
static void name_absent(const struct group *g, char *out, size_t size)
{
    enum { NAMED_MOST = 16 };
    unsigned absent = 0;
    size_t used = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < g->n; i++) {
        if (g->users[i].state != USER_BUSY || ++absent > NAMED_MOST)
            continue;
        int n = snprintf(out + used, size - used, "%suser %u", used ? ", " : "", i);
        used += n > 0 && (size_t)n < size - used ? (size_t)n : 0;
    }
    if (absent > NAMED_MOST)
        snprintf(out + used, size - used, " and %u more", absent - NAMED_MOST);
}

/* Once for a meeting, by the first that sees that the time is running out. The lock is held. */
static void complain(struct group *g, struct muster_ctx *t)
{
    char names[512];
    name_absent(g, names, sizeof names);
    LOG_AT(MUSTER_LOG_ERROR, "m_barrier: time runs out: %u of %u users are here, waiting for %s",
           g->n_waiting + g->n_done, g->n, names);
    g->complained = true;
}

static void wait_for_meeting(struct group *g, struct muster_ctx *t)
{
    const uint64_t wanted = g->meetings + 1, end = m_deadline_in(t, UINT64_MAX).at_ms;
    const struct timespec until = {(time_t)(end / 1000), (long)(end % 1000) * 1000000};
    while (g->meetings < wanted && !g->complained) {
        if (end == UINT64_MAX)
            pthread_cond_wait(&g->changed, &g->lock);
        else if (pthread_cond_clockwait(&g->changed, &g->lock, CLOCK_MONOTONIC, &until) == ETIMEDOUT &&
                 g->meetings < wanted && !g->complained)
            complain(g, t);
    }
    while (g->meetings < wanted) /* until they come after all, or the runner ends the attempt */
        pthread_cond_wait(&g->changed, &g->lock);
}

void m_barrier(struct muster_ctx *t)
{
    struct user *self = parallel_group_self;
    if (!self)
        ERROR("m_barrier: the calling thread is no user of m_parallel");
    struct group *g = self->group;
    pthread_mutex_lock(&g->lock);
    self->state = USER_AT_BARRIER;
    if (g->n_waiting++ == 0)
        g->complained = false;
    const uint64_t before = g->meetings;
    parallel_group_meet_if_all_are_here(g);
    if (g->meetings == before)
        wait_for_meeting(g, t);
    pthread_mutex_unlock(&g->lock);
}
