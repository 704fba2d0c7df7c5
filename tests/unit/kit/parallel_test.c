/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's parallel: groups of users, and where they meet. */
#include "fake_host.h"

#include <errno.h>
#include <muster/kit/parallel.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

/* How many threads can still be made before pthread_create() fails; below 0: any number. */
static atomic_int threads_left = -1;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*fn)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*fn)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*fn)(void *), void *argument)
{
    if (threads_left == 0)
        return EAGAIN;
    if (threads_left > 0)
        threads_left--;
    return __real_pthread_create(thread, attributes, fn, argument);
}

struct shared {
    unsigned n;
    atomic_uint arrived, early, called;
    struct fake_host *host;
};

static void count(struct muster_ctx *t, unsigned user, void *data)
{
    struct shared *s = data;
    (void)t;
    assert_true(user < s->n);
    s->called++;
}

/* Nobody is behind a meeting before all have come to it, and nobody comes to the next one before all left this. */
static void meet_often(struct muster_ctx *t, unsigned user, void *data)
{
    enum { ROUNDS = 100 };
    struct shared *s = data;
    (void)user;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        s->arrived++;
        m_barrier(t);
        s->early += s->arrived != round * s->n;
        CHECK(1);
        m_barrier(t);
    }
}

static void users_meet_as_often_as_they_like(void **state)
{
    struct fake_host h;
    struct shared s = {.n = 50};
    (void)state;
    fake_host_init(&h);
    m_parallel(&h.ctx, s.n, meet_often, &s);
    assert_int_equal(s.arrived, 5000);
    assert_int_equal(s.early, 0);
    assert_int_equal(h.checks, 5000);
    assert_string_equal(h.log, "");
}

static void each_user_has_a_step(void **state)
{
    struct fake_host h;
    struct shared s = {.n = 20};
    char name[32];
    (void)state;
    fake_host_init(&h);
    m_parallel(&h.ctx, s.n, count, &s);
    assert_int_equal(s.called, 20);
    assert_int_equal(h.steps_begun, 20);
    assert_int_equal(h.steps_ended, 20);
    for (unsigned i = 0; i < s.n; i++) {
        snprintf(name, sizeof name, "user %u;", i);
        assert_non_null(strstr(h.steps, name));
    }
}

static void meet_once(struct muster_ctx *t, unsigned user, void *data)
{
    struct shared *s = data;
    (void)user;
    s->arrived++;
    m_barrier(t);
    s->early += s->arrived != s->n;
}

static void a_thousand_can_meet(void **state)
{
    struct fake_host h;
    struct shared s = {.n = 1000};
    (void)state;
    fake_host_init(&h);
    m_parallel(&h.ctx, s.n, meet_once, &s);
    assert_int_equal(s.arrived, 1000);
    assert_int_equal(s.early, 0);
}

static void meet_as_often_as_the_number(struct muster_ctx *t, unsigned user, void *data)
{
    (void)data;
    for (unsigned i = 0; i < user; i++)
        m_barrier(t);
    CHECK(1);
}

static void one_that_is_done_holds_up_nobody(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    m_parallel(&h.ctx, 12, meet_as_often_as_the_number, NULL);
    assert_int_equal(h.checks, 12);
}

static void be_a_group(struct muster_ctx *t, unsigned user, void *data)
{
    struct shared own = {.n = user + 1};
    struct shared *s = data;
    m_parallel(t, own.n, meet_often, &own);
    s->early += own.early;
    m_barrier(t);
    s->arrived += own.arrived;
}

static void groups_within_groups_meet_among_themselves(void **state)
{
    struct fake_host h;
    struct shared s = {.n = 4};
    (void)state;
    fake_host_init(&h);
    m_parallel(&h.ctx, s.n, be_a_group, &s);
    assert_int_equal(s.early, 0);
    assert_int_equal(s.arrived, 100 * (1 + 2 + 3 + 4));
}

static void nobody_is_a_group_too(void **state)
{
    struct fake_host h;
    struct shared s = {0};
    (void)state;
    fake_host_init(&h);
    m_parallel(&h.ctx, 0, count, &s);
    assert_int_equal(s.called, 0);
}

static void without_a_thread_nobody_starts(void **state)
{
    struct fake_host h;
    struct shared s = {.n = 5};
    (void)state;
    fake_host_init(&h);
    threads_left = 3;
    RUN(&h, m_parallel(&h.ctx, s.n, count, &s));
    threads_left = -1;
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_string_equal(h.reason, "m_parallel: starting user 3 of 5: EAGAIN (Resource temporarily unavailable)");
    assert_int_equal(s.called, 0);
    RUN(&h, m_parallel(&h.ctx, s.n, count, &s));
    assert_int_equal(h.stopped, 0);
    assert_int_equal(s.called, 5);
}

static void a_meeting_needs_a_group(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    RUN(&h, m_barrier(&h.ctx));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_string_equal(h.reason, "m_barrier: the calling thread is no user of m_parallel");
}

static bool has_been_told(struct fake_host *h, const char *text)
{
    pthread_mutex_lock(&h->lock);
    bool told = strstr(h->log, text) != NULL;
    pthread_mutex_unlock(&h->lock);
    return told;
}

/* Users 1 and 3 come when the others have given them up. */
static void come_late(struct muster_ctx *t, unsigned user, void *data)
{
    struct shared *s = data;
    while (user % 2 && !has_been_told(s->host, "waiting for user 1, user 3\n"))
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    m_barrier(t);
    s->arrived++;
}

static void who_is_waited_for_is_named_in_time(void **state)
{
    struct fake_host h;
    struct shared s = {.n = 5, .host = &h};
    (void)state;
    fake_host_init(&h);
    fake_host_deadline(&h, 3000);
    m_parallel(&h.ctx, s.n, come_late, &s);
    assert_int_equal(s.arrived, 5);
    assert_string_equal(h.log, "m_barrier: time runs out: 3 of 5 users are here, waiting for user 1, user 3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_meet_as_often_as_they_like),
        cmocka_unit_test(each_user_has_a_step),
        cmocka_unit_test(a_thousand_can_meet),
        cmocka_unit_test(one_that_is_done_holds_up_nobody),
        cmocka_unit_test(groups_within_groups_meet_among_themselves),
        cmocka_unit_test(nobody_is_a_group_too),
        cmocka_unit_test(without_a_thread_nobody_starts),
        cmocka_unit_test(a_meeting_needs_a_group),
        cmocka_unit_test(who_is_waited_for_is_named_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
