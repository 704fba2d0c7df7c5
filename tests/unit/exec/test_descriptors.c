/* SPDX-License-Identifier: Apache-2.0 */
/* How many attempts at a time a limit of descriptors lets go. */
#include "exec/descriptors.h"

#include "testing.h"

static void there_are_enough(void **state)
{
    (void)state;
    assert_int_equal(descriptors_jobs_within(1024, 8, 0), 8);
    assert_int_equal(descriptors_jobs_within(65536, 1024, 100), 1024);
    assert_int_equal(descriptors_jobs_within(UINT64_MAX, 1024, 0), 1024);
}

static void fewer_at_a_time(void **state)
{
    (void)state;
    unsigned without = descriptors_jobs_within(256, 100, 0), with = descriptors_jobs_within(256, 100, 3);
    assert_in_range(without, 5, 20);
    assert_in_range(with, without - 4, without - 3); /* a fixture needs a little more than an attempt */
    unsigned last = 0;
    for (uint64_t limit = 0; limit < 2000; limit++) {
        unsigned n = descriptors_jobs_within(limit, 64, 2);
        assert_in_range(n, last, last + 1);
        last = n;
    }
    assert_int_equal(last, 64);
}

static void not_even_one(void **state)
{
    (void)state;
    assert_int_equal(descriptors_jobs_within(0, 8, 0), 0);
    assert_int_equal(descriptors_jobs_within(25, 8, 0), 0);
    assert_int_equal(descriptors_jobs_within(256, 8, 100), 0);
    assert_int_equal(descriptors_jobs_within(64, 8, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_enough),
        cmocka_unit_test(fewer_at_a_time),
        cmocka_unit_test(not_even_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
