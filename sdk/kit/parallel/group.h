/* SPDX-License-Identifier: Apache-2.0 */
/* A group of users: what m_parallel() and m_barrier() share. */
#ifndef MUSTER_KIT_PARALLEL_GROUP_H
#define MUSTER_KIT_PARALLEL_GROUP_H

#include <muster/kit/parallel.h>
#include <pthread.h>
#include <stdbool.h>

enum user_state {
    USER_BUSY,
    USER_AT_BARRIER,
    USER_DONE,
};

struct group;

struct user {
    struct group *group;
    unsigned number;
    enum user_state state; /* under the group's lock */
    pthread_t thread;
};

struct group {
    struct muster_ctx *t;
    void (*fn)(struct muster_ctx *t, unsigned user, void *data);
    void *data;
    unsigned n;
    struct user *users;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    bool open, cancelled; /* the gate behind which the users wait until all are there */
    unsigned n_waiting, n_done;
    uint64_t meetings; /* how often the barrier was passed: who waits, waits for the next */
    bool complained;
};

/* The group's lock is held: everybody is at the barrier or done. */
void parallel_group_meet_if_all_are_here(struct group *g);
/* Who the calling thread is; NULL: no user. */
extern _Thread_local struct user *parallel_group_self;

#endif
