/* SPDX-License-Identifier: Apache-2.0 */
/* The exit status of a run: which wins, and that none but 0 comes without a reason. */
#include "cli/cli.h"
#include "cli/run_status.h"
#include "testing.h"

#include <signal.h>
#include <string.h>

static void expect(const struct run_outcome *o, int code, const char *why)
{
    autostatus s = run_status_of(o);
    assert_int_equal(s.status, code);
    if (!why)
        assert_null(s.why);
    else if (!strstr(s.why, why))
        fail_msg("\"%s\" has no \"%s\"", s.why, why);
}

static void each_has_its_reason(void **state)
{
    (void)state;
    expect(&(struct run_outcome){0}, EXIT_OK, NULL);
    expect(&(struct run_outcome){.flaky = 3}, EXIT_OK, NULL);
    expect(&(struct run_outcome){.failure = "disk full"}, EXIT_RUNNER, "disk full");
    expect(&(struct run_outcome){.failure = ""}, EXIT_RUNNER, "the runner failed");
    expect(&(struct run_outcome){.interrupted_by = SIGXCPU}, EXIT_INTERRUPTED, "SIGXCPU");
    expect(&(struct run_outcome){.refused = 1}, EXIT_PLUGIN, "1 plugin could");
    expect(&(struct run_outcome){.bad = 2}, EXIT_FAILED, "2 scenarios");
    expect(&(struct run_outcome){.out_of_time = true, .global_timeout_ns = 1500000000}, EXIT_FAILED, "after 1.5 s");
    expect(&(struct run_outcome){.flaky = 1, .flaky_fails = true}, EXIT_FAILED, "--flaky fail: 1");
    expect(&(struct run_outcome){.unchecked = 3, .all_skipped = true}, EXIT_OK, NULL);
    expect(&(struct run_outcome){.unchecked = 3, .unchecked_fails = true}, EXIT_FAILED, "--no-checks fail: 3");
    expect(&(struct run_outcome){.skipped = 2, .skipped_fails = true}, EXIT_FAILED, "--skipped fail: 2");
    expect(&(struct run_outcome){.all_skipped = true, .all_skipped_fails = true}, EXIT_NOTHING, "--all-skipped fail");
    expect(&(struct run_outcome){.cleanups_failed = 1}, EXIT_LEFTOVERS, "1 cleanup");
    expect(&(struct run_outcome){.left = true}, EXIT_LEFTOVERS, "could be removed");
}

/* Every mixture of them: the status is that of the first, in the order of docs/reference/exit-status.md. */
static void the_worst_wins(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 1024; bits++) {
        const struct run_outcome o = {.failure = bits & 1 ? "it failed" : NULL,
                                      .interrupted_by = bits & 2 ? SIGTERM : 0,
                                      .refused = bits & 4 ? 1 : 0,
                                      .bad = bits & 8 ? 1 : 0,
                                      .out_of_time = bits & 16,
                                      .flaky = bits & 32 ? 1 : 0,
                                      .flaky_fails = true,
                                      .cleanups_failed = bits & 64 ? 1 : 0,
                                      .left = bits & 128,
                                      .unchecked = bits & 256 ? 1 : 0,
                                      .unchecked_fails = true,
                                      .all_skipped = bits & 512,
                                      .all_skipped_fails = true};
        int wanted = bits & 1                     ? 3
                     : bits & 2                   ? 2
                     : bits & 4                   ? 6
                     : bits & (8 | 16 | 32 | 256) ? 1
                     : bits & (64 | 128)          ? 7
                     : bits & 512                 ? 5
                                                  : 0;
        autostatus s = run_status_of(&o);
        assert_int_equal(s.status, wanted);
        assert_int_equal(s.status == 0, s.why == NULL);
        assert_true(!s.why || strlen(s.why) > 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_reason),
        cmocka_unit_test(the_worst_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
