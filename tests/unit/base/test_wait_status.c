/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of processes, in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wait_status.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

static void signals_have_names(void **state)
{
    (void)state;
    assert_string_equal(describe_signal(SIGSEGV), "SIGSEGV");
    assert_string_equal(describe_signal(SIGKILL), "SIGKILL");
    assert_string_equal(describe_signal(40), "signal 40");
    assert_string_equal(describe_signal(0), "signal 0");
    assert_string_equal(describe_signal(-1), "signal -1");
}

static void says(int status, const char *expected)
{
    char *text = describe_wait_status(status);
    assert_string_equal(text, expected);
    free(text);
}

static void statuses_are_told_apart(void **state)
{
    (void)state;
    says(W_EXITCODE(0, 0), "exited with status 0");
    says(W_EXITCODE(255, 0), "exited with status 255");
    says(W_EXITCODE(0, SIGABRT), "was ended by SIGABRT");
    says(W_EXITCODE(0, SIGSEGV) | WCOREFLAG, "was ended by SIGSEGV");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_have_names),
        cmocka_unit_test(statuses_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
