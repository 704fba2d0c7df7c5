/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of muster.h: which hold, and what a failure tells. That they compile is the business of tests/abi. */
#include "fake_host.h"

#include <cmocka.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

static struct fake_host host;

/* Holds, and says so to the host. */
#define HOLDS(check_)                                                                                                  \
    do {                                                                                                               \
        struct muster_ctx *t = &host.ctx;                                                                              \
        fake_host_init(&host);                                                                                         \
        assert_true(check_);                                                                                           \
        assert_int_equal(host.checks, 1);                                                                              \
        assert_int_equal(host.failed, 0);                                                                              \
    } while (0)

/* Fails, and tells both values. */
#define FAILS(check_, actual_, expected_)                                                                              \
    do {                                                                                                               \
        struct muster_ctx *t = &host.ctx;                                                                              \
        fake_host_init(&host);                                                                                         \
        assert_false(check_);                                                                                          \
        assert_int_equal(host.checks, 1);                                                                              \
        assert_int_equal(host.failed, 1);                                                                              \
        assert_string_equal(host.actual, actual_);                                                                     \
        assert_string_equal(host.expected, expected_);                                                                 \
    } while (0)

static void conditions(void **state)
{
    (void)state;
    const int64_t high = INT64_C(1) << 40; /* of which an int has nothing */
    HOLDS(CHECK(1));
    HOLDS(CHECK(&host));
    HOLDS(CHECK(0.25)); /* not cut off to 0 */
    HOLDS(CHECK(high));
    FAILS(CHECK(0), "false", "true");
    FAILS(CHECK((void *)NULL), "false", "true");
}

static void integers(void **state)
{
    (void)state;
    HOLDS(CHECK_INT(-1, ==, -1));
    HOLDS(CHECK_INT(-1, !=, 1));
    HOLDS(CHECK_INT(-1, <, 0));
    HOLDS(CHECK_INT(0, <=, 0));
    HOLDS(CHECK_INT(INT64_MAX, >, INT64_MIN)); /* their difference would not fit */
    HOLDS(CHECK_INT(2, >=, 1));
    FAILS(CHECK_INT(200, ==, 409), "200", "409");
    FAILS(CHECK_INT(7, !=, 7), "7", "7");
    FAILS(CHECK_INT(0, <, 0), "0", "0");
    FAILS(CHECK_INT(1, <=, 0), "1", "0");
    FAILS(CHECK_INT(INT64_MIN, >, INT64_MAX), "-9223372036854775808", "9223372036854775807");
    FAILS(CHECK_INT(1, >=, 2), "1", "2");
    HOLDS(CHECK_UINT(UINT64_MAX, >, 0u));
    FAILS(CHECK_UINT(UINT64_MAX, ==, 1u), "18446744073709551615", "1");
    FAILS(CHECK_UINT(1u, >, UINT64_MAX), "1", "18446744073709551615");
}

static void strings(void **state)
{
    (void)state;
    const char *nothing = NULL;
    HOLDS(CHECK_STR("web", ==, "web"));
    HOLDS(CHECK_STR("a", <, "b"));
    HOLDS(CHECK_STR(nothing, ==, nothing));
    HOLDS(CHECK_STR(nothing, !=, ""));
    FAILS(CHECK_STR("web", ==, "wob"), "web", "wob");
    FAILS(CHECK_STR("web", !=, "web"), "web", "web");
    FAILS(CHECK_STR(nothing, ==, ""), "NULL", "");
    FAILS(CHECK_STR("", ==, nothing), "", "NULL");
    HOLDS(CHECK_STR_HAS("not found", "found"));
    HOLDS(CHECK_STR_HAS("anything", ""));
    FAILS(CHECK_STR_HAS("found", "not found"), "found", "not found");
    FAILS(CHECK_STR_HAS(nothing, "found"), "NULL", "found");
}

static void bytes(void **state)
{
    (void)state;
    HOLDS(CHECK_MEM("a\0b", "a\0b", 3));
    HOLDS(CHECK_MEM("a\0b", "a\0c", 2));
    HOLDS(CHECK_MEM(NULL, NULL, 0));
    FAILS(CHECK_MEM("a\0b", "a\0c", 3), "62", "63");
    assert_string_equal(host.message, "first difference at byte 2");
    FAILS(CHECK_MEM("xbcdefghijklmnopqrs", "ybcdefghijklmnopqrs", 19),
          "78 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70", "79 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70");
    FAILS(CHECK_MEM(NULL, "a", 1), "NULL", "bytes");
}

static void doubles(void **state)
{
    (void)state;
    HOLDS(CHECK_DOUBLE(1.0, 1.25, 0.25)); /* the tolerance is included */
    HOLDS(CHECK_DOUBLE(1.25, 1.0, 0.25));
    HOLDS(CHECK_DOUBLE((double)INFINITY, (double)INFINITY, 0));
    FAILS(CHECK_DOUBLE(1.0, 1.5, 0.25), "1", "1.5");
    assert_string_equal(host.message, "differ by 0.5");
    FAILS(CHECK_DOUBLE(1.5, 1.0, 0.25), "1.5", "1");
    FAILS(CHECK_DOUBLE(0.1 + 0.2, 0.3, 0), "0.30000000000000004", "0.3");
    FAILS(CHECK_DOUBLE(3.11, 19.99, 0), "3.11", "19.99");
    FAILS(CHECK_DOUBLE((double)NAN, (double)NAN, (double)INFINITY), "nan", "nan");
    FAILS(CHECK_DOUBLE(1.0, 2.0, (double)NAN), "1", "2");
}

/* A failed one jumps back to RUN(); one that holds goes on. */
static void requirements(void **state)
{
    (void)state;
    struct muster_ctx *t = &host.ctx;
    fake_host_init(&host);
    RUN(&host, {
        REQUIRE(1);
        REQUIRE_INT(1, ==, 1);
        REQUIRE_UINT(1u, ==, 1u);
        REQUIRE_STR("a", ==, "a");
        REQUIRE_STR_HAS("ab", "b");
        REQUIRE_MEM("a", "a", 1);
        REQUIRE_DOUBLE(1.0, 1.0, 0);
    });
    assert_int_equal(host.stopped, 0);
    assert_int_equal(host.checks, 7);
#define ENDS(requirement_)                                                                                             \
    do {                                                                                                               \
        fake_host_init(&host);                                                                                         \
        RUN(&host, requirement_);                                                                                      \
        assert_int_equal(host.stopped, -1);                                                                            \
    } while (0)
    ENDS(REQUIRE(0));
    ENDS(REQUIRE_INT(1, ==, 2));
    ENDS(REQUIRE_UINT(1u, ==, 2u));
    ENDS(REQUIRE_STR("a", ==, "b"));
    ENDS(REQUIRE_STR_HAS("a", "b"));
    ENDS(REQUIRE_MEM("a", "b", 1));
    ENDS(REQUIRE_DOUBLE(1.0, 2.0, 0));
}

/* As written, with the place, and each side evaluated once. */
static void a_failure_names_its_place(void **state)
{
    (void)state;
    struct muster_ctx *t = &host.ctx;
    int calls = 0;
    fake_host_init(&host);
    CHECK_INT(++calls, ==, 200);
    assert_int_equal(calls, 1);
    assert_string_equal(host.expression, "++calls == 200");
    assert_int_equal(host.line, __LINE__ - 3);
    assert_non_null(strstr(host.file, "check_test.c"));
    CHECK_DOUBLE(1.0, 2.0, 0.5);
    assert_string_equal(host.expression, "1.0 == 2.0 within 0.5");
}

static void stops(void **state)
{
    (void)state;
    struct muster_ctx *t = &host.ctx;
    fake_host_init(&host);
    RUN(&host, SKIP("needs %s", "docker"));
    assert_int_equal(host.stopped, MUSTER_STOP_SKIP);
    assert_string_equal(host.reason, "needs docker");
    RUN(&host, FAIL("lost %d rows", 3));
    assert_int_equal(host.stopped, MUSTER_STOP_FAIL);
    assert_string_equal(host.reason, "lost 3 rows");
    RUN(&host, ERROR("no route"));
    assert_int_equal(host.stopped, MUSTER_STOP_ERROR);
}

/* What snprintf() makes in locales with another point. */
static void a_point_is_a_point_in_every_locale(void **state)
{
    static const char *const texts[][2] = {{"3,11", "3.11"},         {"3\xd9\xab\x31\x31", "3.11"},
                                           {"-1,5e+22", "-1.5e+22"}, {"-inf", "-inf"},
                                           {"nan", "nan"},           {"7", "7"}};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[32];
        snprintf(text, sizeof text, "%s", texts[i][0]);
        m_plain_number_(text);
        assert_string_equal(text, texts[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),   cmocka_unit_test(integers),
        cmocka_unit_test(strings),      cmocka_unit_test(bytes),
        cmocka_unit_test(doubles),      cmocka_unit_test(a_point_is_a_point_in_every_locale),
        cmocka_unit_test(requirements), cmocka_unit_test(a_failure_names_its_place),
        cmocka_unit_test(stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
