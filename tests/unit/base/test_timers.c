/* SPDX-License-Identifier: Apache-2.0 */
/* What is due when. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/timers.h"
#include "testing.h"

#include <stdbool.h>
#include <stdlib.h>

struct thing {
    int name;
    struct timer timer;
};

static int name_of(struct timer *t)
{
    return t ? container_of(t, struct thing, timer)->name : -1;
}

static void none_is_never(void **state)
{
    (void)state;
    struct timers t = {0};
    assert_true(timers_next(&t) == NEVER);
    assert_null(timers_take_due(&t, INT64_MAX - 1));
    assert_null(timers_take_first(&t));
    timers_free(&t);
}

static void the_earliest_comes_first_and_only_when_due(void **state)
{
    (void)state;
    struct timers t = {0};
    struct thing a = {.name = 1}, b = {.name = 2}, c = {.name = 3};
    timers_set(&t, &a.timer, 30);
    timers_set(&t, &b.timer, 10);
    timers_set(&t, &c.timer, 20);
    assert_int_equal(timers_next(&t), 10);
    assert_int_equal(name_of(timers_take_due(&t, 9)), -1);
    assert_int_equal(name_of(timers_take_due(&t, 20)), 2);
    assert_int_equal(name_of(timers_take_due(&t, 20)), 3);
    assert_int_equal(name_of(timers_take_due(&t, 20)), -1);
    assert_int_equal(timers_next(&t), 30);
    timers_free(&t);
}

static void equal_times_keep_their_order(void **state)
{
    (void)state;
    enum { N = 100 };
    struct timers t = {0};
    struct thing things[N] = {0};
    for (int i = 0; i < N; i++) {
        things[i].name = i;
        timers_set(&t, &things[i].timer, 7);
    }
    for (int i = 0; i < N; i++)
        assert_int_equal(name_of(timers_take_due(&t, 7)), i);
    timers_free(&t);
}

static void one_is_moved_and_taken_out(void **state)
{
    (void)state;
    struct timers t = {0};
    struct thing a = {.name = 1}, b = {.name = 2};
    timers_set(&t, &a.timer, 10);
    timers_set(&t, &b.timer, 20);
    timers_set(&t, &b.timer, 5); /* earlier */
    assert_int_equal(timers_next(&t), 5);
    timers_set(&t, &b.timer, 50); /* later */
    assert_int_equal(timers_next(&t), 10);
    timers_set(&t, &a.timer, NEVER);
    timers_set(&t, &a.timer, NEVER); /* one that is not set may be */
    assert_int_equal(timers_next(&t), 50);
    assert_int_equal(name_of(timers_take_first(&t)), 2);
    assert_true(timers_next(&t) == NEVER);
    timers_free(&t);
}

/* Against the obvious way: look at all of them. */
static void it_agrees_with_a_search(void **state)
{
    (void)state;
    enum { N = 300, MOVES = 20000 };
    struct timers t = {0};
    struct thing things[N] = {0};
    int64_t times[N];
    unsigned random = 1;
    for (int i = 0; i < N; i++) {
        things[i].name = i;
        times[i] = NEVER;
    }
    for (int move = 0; move < MOVES; move++) {
        random = random * 1103515245u + 12345u;
        int i = (int)((random >> 8) % N);
        times[i] = (random >> 20) % 5 == 0 ? NEVER : (int64_t)((random >> 4) % 1000) * N + i;
        timers_set(&t, &things[i].timer, times[i]);
        int64_t least = NEVER;
        for (int k = 0; k < N; k++)
            least = times[k] < least ? times[k] : least;
        assert_true(timers_next(&t) == least);
        if (move % 7 == 0 && least != NEVER) {
            int first = name_of(timers_take_due(&t, least));
            assert_true(times[first] == least);
            times[first] = NEVER;
        }
    }
    timers_free(&t);
}

/* A hundred thousand that are moved again and again are done in no time; looking at all for each would take hours. */
static void it_takes_many(void **state)
{
    (void)state;
    enum { N = 100 * 1000 };
    struct timers t = {0};
    struct thing *things = xcalloc(N, sizeof *things);
    for (int round = 0; round < 5; round++)
        for (int i = 0; i < N; i++)
            timers_set(&t, &things[i].timer, (int64_t)(i * 7919ll % N));
    int64_t last = -1;
    size_t n = 0;
    for (struct timer *timer; (timer = timers_take_first(&t)) != NULL; n++) {
        assert_true(timer->node.key >= last);
        last = timer->node.key;
    }
    assert_int_equal(n, N);
    timers_free(&t);
    free(things);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_is_never),
        cmocka_unit_test(the_earliest_comes_first_and_only_when_due),
        cmocka_unit_test(equal_times_keep_their_order),
        cmocka_unit_test(one_is_moved_and_taken_out),
        cmocka_unit_test(it_agrees_with_a_search),
        cmocka_unit_test(it_takes_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
