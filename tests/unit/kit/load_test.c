/* SPDX-License-Identifier: Apache-2.0 */
/* A load: when requests are due, what counts, its end. No test asserts an absolute speed. */
#include "fake_host.h"

#include <errno.h>
#include <muster/kit/load.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "histogram.h"

static void sleep_ms(int ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
}

/* What the clients meet: each is told by its own state. */
struct shop {
    int asked, fail_after, stall_at, stall_ms;
};

static struct m_load_result ask(struct muster_ctx *t, void *client, void *with)
{
    struct shop *shop = with;
    (void)t;
    (void)client;
    int number = __atomic_add_fetch(&shop->asked, 1, __ATOMIC_RELAXED);
    if (shop->stall_at && number == shop->stall_at)
        sleep_ms(shop->stall_ms);
    if (shop->fail_after && number > shop->fail_after)
        return (struct m_load_result){"it is \"closed\"", 503, 0};
    return (struct m_load_result){NULL, 200, 0};
}

static void wait_for(const int *asked, int n)
{
    for (int i = 0; i < 20000 && __atomic_load_n(asked, __ATOMIC_RELAXED) < n; i++)
        sleep_ms(1);
    assert_true(__atomic_load_n(asked, __ATOMIC_RELAXED) >= n);
}

static void what_is_done_is_counted_and_reported(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    struct shop shop = {0};
    (void)state;
    fake_host_init(&h);
    LOAD_BEGIN(calls, .clients = 3, .rate = 500, .ask = ask, .with = &shop);
    wait_for(&shop.asked, 20);
    LOAD_END(calls);
    assert_int_equal(h.checks, 1);
    assert_int_equal(h.failed, 0);
    struct m_load_stats s = m_load_stop(calls); /* once more is nothing */
    assert_true(s.done >= 20 && s.done <= s.sent && s.sent <= s.done);
    assert_int_equal((int)s.sent, shop.asked);
    assert_true(s.p50_ms <= s.p95_ms && s.p95_ms <= s.p99_ms && s.p99_ms <= s.max_ms);
    assert_string_equal(h.metrics, "load.calls.p50;load.calls.p95;load.calls.p99;load.calls.max;load.calls.rate;"
                                   "load.calls.sent;load.calls.failed;");
    assert_string_equal(h.attached, "load-calls.json");
    assert_string_equal(h.deferred, "muster.load.stop");
    CHECK_LOAD(calls, sent, >=, 20);
    assert_int_equal(h.failed, 0);
    CHECK_LOAD(calls, sent, <, 20, "of %d", 3);
    assert_int_equal(h.failed, 1);
    assert_non_null(strstr(h.message, "of 3"));
}

static void one_failure_is_enough(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    struct shop shop = {.fail_after = 10};
    (void)state;
    fake_host_init(&h);
    LOAD_BEGIN(calls, .rate = 1000, .ask = ask, .with = &shop);
    wait_for(&shop.asked, 12);
    LOAD_END(calls);
    assert_int_equal(h.failed, 1);
    assert_int_equal(h.line, __LINE__ - 2);
    assert_string_equal(h.expression, "calls: every request was done");
    assert_non_null(strstr(h.message, "failed; the first, after "));
    assert_non_null(strstr(h.message, "ms: status 503, it is \"closed\""));
    assert_non_null(strstr(h.evidence, "\"statuses\":{\"200\":10,\"503\":"));
    assert_non_null(strstr(h.evidence, "\"reasons\":{\"it is \\\"closed\\\"\":"));
    REQUIRE(1);
    RUN(&h, REQUIRE_LOAD(calls, failed, ==, 0));
    assert_int_equal(h.stopped, -1);
}

static void a_load_that_asked_nothing_proves_nothing(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    struct shop shop = {0};
    (void)state;
    fake_host_init(&h);
    LOAD_BEGIN(idle, .rate = .001, .ask = ask, .with = &shop);
    LOAD_END(idle); /* the first was due at once, and is sent though the end came before any client began */
    assert_int_equal(h.failed, 0);
    assert_int_equal(shop.asked, 1);
    LOAD_BEGIN(busy, .rate = M_LOAD_FLAT_OUT, .clients = 3, .ask = ask, .with = &shop);
    struct m_load_stats s = m_load_stop(busy);
    assert_true(s.sent >= 1);
    assert_int_equal((int)s.unsent, 0);
}

/*
 * One client, 200 requests a second, and one of them takes half a second: a hundred others were due meanwhile, and
 * waited. Counted from when they were sent, only one of them would have been slow.
 */
static void who_could_not_be_asked_has_waited(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    struct shop shop = {.stall_at = 50, .stall_ms = 500};
    (void)state;
    fake_host_init(&h);
    LOAD_BEGIN(calls, .rate = 200, .ask = ask, .with = &shop);
    wait_for(&shop.asked, 200);
    struct m_load_stats s = m_load_stop(calls);
    assert_true(s.max_ms >= 500);
    assert_true(s.p90_ms >= 150); /* of 200, more than 20 have waited for longer than this */
}

static void what_was_due_and_not_sent_is_told(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    struct shop shop = {.stall_at = 1, .stall_ms = 300};
    (void)state;
    fake_host_init(&h);
    LOAD_BEGIN(calls, .rate = 100, .ask = ask, .with = &shop);
    wait_for(&shop.asked, 1);
    sleep_ms(100);
    LOAD_END(calls);
    assert_int_equal(h.failed, 0);
    CHECK_LOAD(calls, unsent, ==, 0);
    assert_int_equal(h.failed, 1);
    assert_non_null(strstr(h.message, "were due and could not be"));
    struct m_load_stats s = m_load_now(calls);
    assert_true(s.sent <= 1 && s.sent >= 1); /* the one under way was waited for */
    assert_true(s.unsent >= 9);
    assert_true(s.max_ms >= 300);
}

static void flat_out_nothing_is_due(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    struct shop shop = {.stall_at = 5, .stall_ms = 100};
    (void)state;
    fake_host_init(&h);
    LOAD_BEGIN(calls, .clients = 2, .rate = M_LOAD_FLAT_OUT, .ask = ask, .with = &shop);
    wait_for(&shop.asked, 1000);
    LOAD_END(calls);
    assert_int_equal(h.failed, 0);
    struct m_load_stats s = m_load_now(calls);
    assert_true(s.p50_ms < 100); /* one of a thousand has waited */
    assert_non_null(strstr(h.evidence, "\"wanted_rate\":null"));
}

static void *open_number(struct muster_ctx *t, unsigned client, void *with)
{
    static int numbers[8];
    (void)t;
    (void)with;
    numbers[client] = (int)client + 1;
    return &numbers[client];
}

static int asked_by[8];

static struct m_load_result ask_as(struct muster_ctx *t, void *client, void *with)
{
    (void)with;
    int number = *(int *)client;
    __atomic_add_fetch(&asked_by[number - 1], 1, __ATOMIC_RELAXED);
    CHECK_INT(number, <, 4); /* what fails on a client's thread counts */
    return (struct m_load_result){NULL, 0, 0};
}

static void clients_have_their_own_and_may_check(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    LOAD_BEGIN(calls, .clients = 4, .rate = M_LOAD_FLAT_OUT, .open = open_number, .ask = ask_as);
    for (int i = 0; i < 4; i++)
        wait_for(&asked_by[i], 2);
    m_load_stop(calls);
    assert_true(h.failed >= 2);
    assert_string_equal(h.expression, "number < 4");
}

static void mistakes_end_the_scenario(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    RUN(&h, M_LOAD(t, .clients = 1));
    assert_string_equal(h.reason, "m_load_start: .ask is missing: what a client does");
    RUN(&h, M_LOAD(t, .ask = ask, .clients = 1001));
    assert_string_equal(h.reason, "m_load_start: 1001 clients: there may be 1000");
    RUN(&h, M_LOAD(t, .ask = ask, .rate = -2));
    assert_string_equal(h.reason, "m_load_start: the rate -2 is neither above 0 nor M_LOAD_FLAT_OUT");
    RUN(&h, M_LOAD(t, .ask = ask, .name = "a b"));
    assert_non_null(strstr(h.reason, "the name \"a b\" has more than letters"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
}

/* Against the sorted values themselves. */
static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void percentiles_are_close_from_above(void **state)
{
    enum { N = 20000 };
    static uint64_t values[N];
    static struct load_histogram h;
    static const double percents[] = {0.001, 1, 25, 50, 90, 95, 99, 99.9, 99.99, 100};
    (void)state;
    srandom(7);
    for (int i = 0; i < N; i++) {
        values[i] = (uint64_t)random() % ((uint64_t)1 << (i % 40));
        load_histogram_add(&h, values[i]);
    }
    qsort(values, N, sizeof *values, by_value);
    assert_int_equal(h.least, values[0]);
    assert_int_equal(h.most, values[N - 1]);
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        size_t rank = (size_t)(percents[i] / 100 * N - 1e-9); /* from 0 */
        uint64_t exact = values[rank], told = load_histogram_percentile(&h, percents[i]);
        assert_true(told >= exact);
        assert_true((double)told <= (double)exact * (1 + 1.0 / 64) + 1);
    }
    static struct load_histogram far;
    load_histogram_add(&far, UINT64_MAX);
    assert_true(load_histogram_percentile(&far, 50) > (uint64_t)1 << 41);
    for (unsigned slot = 1; slot < HISTOGRAM_SLOTS; slot++)
        assert_true(load_histogram_end_of(slot) > load_histogram_end_of(slot - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_done_is_counted_and_reported),     cmocka_unit_test(one_failure_is_enough),
        cmocka_unit_test(a_load_that_asked_nothing_proves_nothing), cmocka_unit_test(who_could_not_be_asked_has_waited),
        cmocka_unit_test(what_was_due_and_not_sent_is_told),        cmocka_unit_test(flat_out_nothing_is_due),
        cmocka_unit_test(clients_have_their_own_and_may_check),     cmocka_unit_test(mistakes_end_the_scenario),
        cmocka_unit_test(percentiles_are_close_from_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
