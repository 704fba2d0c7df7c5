/* SPDX-License-Identifier: Apache-2.0 */
/* Users as threads: starting them, and waiting for all of them. */
#include "group.h"

#include <limits.h>
#include <stdlib.h>

/* Of each thread: a thousand of the usual 8 MiB would not fit under many a limit. Enough for a TLS handshake. */
#define STACK_BYTES ((size_t)1 << 20)

static bool wait_at_gate(struct group *g)
{
    pthread_mutex_lock(&g->lock);
    while (!g->open)
        pthread_cond_wait(&g->changed, &g->lock);
    bool go = !g->cancelled;
    pthread_mutex_unlock(&g->lock);
    return go;
}

static void open_gate(struct group *g, bool cancelled)
{
    pthread_mutex_lock(&g->lock);
    g->open = true;
    g->cancelled = cancelled;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

static void be_done(struct user *self)
{
    struct group *g = self->group;
    pthread_mutex_lock(&g->lock);
    self->state = USER_DONE;
    g->n_done++;
    parallel_group_meet_if_all_are_here(g);
    pthread_mutex_unlock(&g->lock);
}

static void *be_user(void *argument)
{
    struct user *self = argument;
    struct group *g = self->group;
    if (!wait_at_gate(g))
        return NULL;
    struct muster_ctx *t = g->t;
    char name[16]; /* the longest that a thread can have: "user 4294967295" */
    snprintf(name, sizeof name, "user %u", self->number);
    pthread_setname_np(pthread_self(), name);
    parallel_group_self = self;
    STEP(name)
    {
        g->fn(t, self->number, g->data);
    }
    be_done(self);
    return NULL;
}

/* Of the users, how many threads were started. 0 or the error of the one that was not. */
static int start_users(struct group *g, unsigned *ret_started)
{
    pthread_attr_t attributes;
    int r = pthread_attr_init(&attributes);
    if (r == 0)
        r = pthread_attr_setstacksize(&attributes, STACK_BYTES);
    unsigned i = 0;
    for (; r == 0 && i < g->n; i++) {
        g->users[i] = (struct user){.group = g, .number = i};
        r = pthread_create(&g->users[i].thread, &attributes, be_user, &g->users[i]);
        if (r != 0)
            break;
    }
    pthread_attr_destroy(&attributes);
    *ret_started = i;
    return r;
}

void m_parallel(struct muster_ctx *t, unsigned n, void (*fn)(struct muster_ctx *t, unsigned user, void *data),
                void *data)
{
    struct group g = {.t = t,
                      .fn = fn,
                      .data = data,
                      .n = n,
                      .users = calloc(n ? n : 1, sizeof *g.users),
                      .lock = PTHREAD_MUTEX_INITIALIZER,
                      .changed = PTHREAD_COND_INITIALIZER};
    if (!g.users)
        ERROR("m_parallel: out of memory for %u users", n);
    unsigned started;
    int error = start_users(&g, &started);
    open_gate(&g, error != 0);
    for (unsigned i = 0; i < started; i++)
        pthread_join(g.users[i].thread, NULL);
    free(g.users);
    pthread_cond_destroy(&g.changed);
    pthread_mutex_destroy(&g.lock);
    if (error)
        ERROR("m_parallel: starting user %u of %u: %s (%s)", started, n, strerrorname_np(error), strerror(error));
}
