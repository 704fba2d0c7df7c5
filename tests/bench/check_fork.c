/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-check TESTS: trivially passing tests under Check, each in a process of its own (CK_FORK), which is
 * what Check is used for: a peer in C that isolates.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

START_TEST(trivial)
{
}
END_TEST

int main(int argc, char **argv)
{
    int n = argc == 2 ? atoi(argv[1]) : 0;
    if (n <= 0) {
        fprintf(stderr, "usage: bench-check TESTS\n");
        return 4;
    }
    TCase *tcase = tcase_create("trivial");
    tcase_add_loop_test(tcase, trivial, 0, n);
    Suite *suite = suite_create("bench");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_FORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner) != 0 || srunner_ntests_run(runner) != n;
    srunner_free(runner);
    return failed;
}
