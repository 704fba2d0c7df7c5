/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's wait and data: deadlines within the attempt's own, and names that nobody else makes. */
#include "fake_host.h"

#include <limits.h>
#include <muster/kit/data.h>
#include <muster/kit/wait.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_condition_is_looked_at_until_it_holds(void **state)
{
    struct fake_host h;
    int looks = 0;
    (void)state;
    fake_host_init(&h);
    assert_true(M_UNTIL(&h.ctx, 5000, 1, ++looks == 3));
    assert_int_equal(looks, 3);
    looks = 0;
    assert_true(M_UNTIL(&h.ctx, 0, 1000, ++looks == 1));
    assert_true(M_UNTIL(&h.ctx, 100, 1, M_UNTIL(&h.ctx, 100, 1, 1)));
}

static void a_wait_in_vain_ends_in_time(void **state)
{
    struct fake_host h;
    uint64_t start = m_now_ms();
    int looks = 0;
    (void)state;
    fake_host_init(&h);
    assert_false(M_UNTIL(&h.ctx, 60, 100000, ++looks < 0));
    uint64_t took = m_now_ms() - start;
    assert_true(took >= 59 && took < 50000);
    assert_int_equal(looks, 2); /* at once, and when the time is up */
}

static void the_attempts_deadline_comes_first(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    assert_true(m_budget_ms(&h.ctx, 7) == 7);
    assert_int_equal(m_deadline_poll_ms(m_deadline_in(&h.ctx, UINT64_MAX)), INT_MAX);
    setenv("MUSTER_TIMEOUT_FACTOR", "3", 1);
    assert_true(m_budget_ms(&h.ctx, 7) == 21);
    struct m_deadline end = m_deadline_in(&h.ctx, 60000);
    assert_true(m_deadline_left_ms(end) > 60000);
    assert_true(m_deadline_wanted_ms(end) <= 60000); /* to be given on: not multiplied twice */
    assert_true(m_deadline_wanted_ms((struct m_deadline){m_now_ms() + 1000000}) > 0);
    assert_true(m_deadline_wanted_ms((struct m_deadline){0}) == 0);
    assert_int_equal(m_deadline_poll_ms(m_deadline_in(&h.ctx, UINT64_MAX)), INT_MAX);
    setenv("MUSTER_TIMEOUT_FACTOR", "many", 1);
    assert_true(m_budget_ms(&h.ctx, 7) == 7);
    unsetenv("MUSTER_TIMEOUT_FACTOR");
    fake_host_deadline(&h, 150);
    assert_true(m_budget_ms(&h.ctx, 60000) <= 75);
    uint64_t start = m_now_ms();
    assert_false(M_UNTIL(&h.ctx, 60000, 5, 0));
    assert_true(m_now_ms() - start < 50000);
}

static int says(struct muster_ctx *t, int look)
{
    m_saw(t, "look %d", look);
    return 0;
}

static void a_wait_in_vain_says_what_it_saw_last(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    int looks = 0;
    (void)state;
    fake_host_init(&h);
    CHECK(M_UNTIL(t, 30, 100000, says(t, ++looks)));
    assert_non_null(strstr(h.message, " ms, looked 2 times; seen last: look 2"));
    /* It belongs to the check that follows, and to no other. */
    CHECK(looks == 0);
    assert_string_equal(h.message, "");
    assert_false(M_UNTIL(t, 0, 1, says(t, 7)));
    CHECK_INT(looks, ==, 0);
    assert_string_equal(h.message, "");
    assert_false(M_UNTIL(t, 0, 1, says(t, 7)));
    m_report(t, M_SITE(0, "a check of the author's"), 0, NULL, NULL, "theirs");
    assert_string_equal(h.message, "theirs");
    CHECK(M_UNTIL(t, 30, 100000, 1));
    CHECK(looks == 0);
    assert_string_equal(h.message, "");
    assert_false(m_waits_());
}

static int comes(struct muster_ctx *t)
{
    return M_UNTIL(t, 0, 1, says(t, 3));
}

/* The check that stands around a wait, wherever the wait is written. */
static void the_check_that_waits_tells_it(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    assert_false(comes(t));
    CHECK_INT(comes(t), ==, 1);
    assert_non_null(strstr(h.message, "seen last: look 3"));
    int came = comes(t);
    CHECK(came);
    assert_string_equal(h.message, "");
    came = M_UNTIL(t, 0, 1, says(t, 4)), m_report(t, M_SITE(0, "came"), came, NULL, NULL, NULL);
    assert_non_null(strstr(h.message, "seen last: look 4"));
}

/* Its own words, around a wait that says something else. */
static int says_around(struct muster_ctx *t, int inner)
{
    m_saw(t, "the outer one");
    return M_UNTIL(t, 0, 1, inner ? says(t, 5) : 0) && 0;
}

static int returns(struct muster_ctx *t)
{
    return M_UNTIL(t, 1000, 1, ({
                       return 1;
                       1;
                   }));
}

static void a_wait_within_leaves_the_outer_one_as_it_was(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    CHECK(M_UNTIL(t, 0, 1, says_around(t, 0)));
    assert_non_null(strstr(h.message, "seen last: the outer one"));
    CHECK(M_UNTIL(t, 0, 1, says_around(t, 1)));
    assert_non_null(strstr(h.message, "seen last: the outer one"));
    CHECK(M_UNTIL(t, 0, 1, M_UNTIL(t, 0, 1, says(t, 6))));
    assert_non_null(strstr(h.message, "seen last: look 6"));
    assert_true(returns(t));
    assert_false(m_waits_());
}

static void names_differ_by_all_that_runs_at_once(void **state)
{
    struct fake_host a, b;
    (void)state;
    fake_host_init(&a);
    fake_host_init(&b);
    const char *first = m_unique(&a.ctx, "shop"), *second = m_unique(&a.ctx, "shop");
    assert_string_not_equal(first, second);
    assert_memory_equal(first, second, strlen("shop-") + 10); /* the same attempt */
    b.info.slot = 1;
    assert_memory_not_equal(first, m_unique(&b.ctx, "shop"), strlen("shop-") + 10);
    b.info = a.info;
    b.info.run_id = "runk";
    b.info.case_id = "it.case";
    assert_memory_not_equal(first, m_unique(&b.ctx, "shop"), strlen("shop-") + 10);
    assert_true(strspn(first, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(first));
    assert_true(strlen(first) <= strlen("shop") + 20);
}

static void texts_are_kept(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    assert_string_equal(m_fmt(&h.ctx, "/v1/%s/%d", "x", 7), "/v1/x/7");
    assert_memory_equal(m_keep(&h.ctx, "a\0b", 3), "a\0b", 4);
    assert_string_equal(m_keep(&h.ctx, NULL, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_is_looked_at_until_it_holds),
        cmocka_unit_test(a_wait_in_vain_ends_in_time),
        cmocka_unit_test(the_attempts_deadline_comes_first),
        cmocka_unit_test(a_wait_in_vain_says_what_it_saw_last),
        cmocka_unit_test(the_check_that_waits_tells_it),
        cmocka_unit_test(a_wait_within_leaves_the_outer_one_as_it_was),
        cmocka_unit_test(names_differ_by_all_that_runs_at_once),
        cmocka_unit_test(texts_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
