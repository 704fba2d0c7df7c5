/* SPDX-License-Identifier: Apache-2.0 */
/* The bounds that the bench holds a skewed suite against. */
#include "makespan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_near(double actual, double expected)
{
    if (fabs(actual - expected) > 1e-9)
        fail_msg("%g, not %g", actual, expected);
}

/* 5 | 4 3, then 3 joins the 5, and the last 3 comes at 7: no order needs more than 9. */
static void the_longest_first_can_be_worse_than_the_best(void **state)
{
    const struct durations d = {.n = 5, .seconds = {3, 3, 5, 3, 4}};
    (void)state;
    assert_near(makespan_longest_first(&d, 2), 10);
    assert_near(makespan_least(&d, 2), 9);
    assert_near(makespan_longest_first(&d, 1), 18);
    assert_near(makespan_longest_first(&d, 8), 5);
    assert_near(makespan_least(&d, 8), 5);
}

static void the_log_tells_the_span_and_the_durations(void **state)
{
    static const char events[] =
        "{\"v\":1,\"seq\":1,\"type\":\"run.started\",\"t\":1000000}\n"
        "{\"v\":1,\"seq\":2,\"type\":\"attempt.started\",\"t\":500000000,\"case\":\"a\"}\n"
        "{\"v\":1,\"seq\":3,\"type\":\"attempt.started\",\"t\":600000000,\"case\":\"b\"}\n"
        "{\"v\":1,\"seq\":4,\"type\":\"attempt.ended\",\"t\":2500000000,\"case\":\"b\",\"duration_ns\":1900000000}\n"
        "{\"v\":1,\"seq\":5,\"type\":\"attempt.ended\",\"t\":1500000000,\"case\":\"a\",\"duration_ns\":1000000000}\n"
        "{\"v\":1,\"seq\":6,\"type\":\"run.ended\",\"t\":3000000000,\"duration_ns\":3000000000}\n";
    char path[] = "/tmp/makespan-XXXXXX";
    struct durations d;
    (void)state;
    int fd = mkstemp(path);
    assert_int_equal(write(fd, events, sizeof events - 1), sizeof events - 1);
    close(fd);
    makespan_read(path, &d);
    unlink(path);
    assert_near(d.span, 2);
    assert_int_equal(d.n, 2);
    assert_near(d.seconds[0], 1.9);
    assert_near(d.seconds[1], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_first_can_be_worse_than_the_best),
        cmocka_unit_test(the_log_tells_the_span_and_the_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
