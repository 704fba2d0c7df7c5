/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts: what wins when several things were seen, and what the reader is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "exec/judge.h"

#include <signal.h>
#include <sys/wait.h>

#define EXITED(status_)  .has_status = true, .wait_status = W_EXITCODE(status_, 0)
#define KILLED(signal_)  .has_status = true, .wait_status = W_EXITCODE(0, signal_)
#define SAYS(outcome_)   .has_verdict = true, .outcome = outcome_, .reason = "its words"
#define OUT_OF(budget_)  .timed_out = true, .budget_ns = (budget_)
#define CRASHES(signal_) .crashed = true, .signal = signal_

static const struct {
    struct observed seen;
    enum verdict verdict;
    const char *reason;
} table[] = {
    /* Its word, however its process ended. */
    {{SAYS(OUTCOME_PASSED), EXITED(0)}, VERDICT_PASSED, "its words"},
    {{SAYS(OUTCOME_FAILED), EXITED(0)}, VERDICT_FAILED, "its words"},
    {{SAYS(OUTCOME_SKIPPED), EXITED(0)}, VERDICT_SKIPPED, "its words"},
    {{SAYS(OUTCOME_ERROR), EXITED(0)}, VERDICT_ERROR, "its words"},
    {{SAYS(OUTCOME_PASSED), KILLED(SIGKILL)}, VERDICT_PASSED, "its words"},
    {{SAYS(OUTCOME_PASSED)}, VERDICT_PASSED, "its words"},
    {{SAYS(OUTCOME_PASSED), .lost = true, EXITED(1)}, VERDICT_PASSED, "its words"},

    /* Which of several set-ups it was. */
    {{OUT_OF(2 * NS_PER_S), .phase = PHASE_SETUP, .part = "setup of fixture tenant", KILLED(SIGTERM)},
     VERDICT_TIMEOUT,
     "setup of fixture tenant took longer than 2 s"},
    {{KILLED(SIGKILL), .phase = PHASE_BODY, .part = "service"}, VERDICT_CRASHED, "SIGKILL in service"},

    /* No word: no exit status is a pass. */
    {{EXITED(0)}, VERDICT_CRASHED, "exited with status 0 before its verdict"},
    {{EXITED(7), .lost = true}, VERDICT_CRASHED, "exited with status 7 before its verdict"},
    {{EXITED(113)}, VERDICT_ERROR, "lost its connection to the runner: it closed a descriptor that was not its own"},
    {{KILLED(SIGSEGV), .phase = PHASE_BODY}, VERDICT_CRASHED, "SIGSEGV in body"},
    {{KILLED(SIGKILL), .phase = PHASE_SETUP}, VERDICT_CRASHED, "SIGKILL in setup"},
    {{KILLED(SIGKILL), .memory_limit = 256 << 20, .phase = PHASE_BODY},
     VERDICT_CRASHED,
     "killed by the kernel: out of memory (limit 256 MiB) in body"},
    {{KILLED(SIGKILL), .memory_limit = 1000, .phase = PHASE_SETUP},
     VERDICT_CRASHED,
     "killed by the kernel: out of memory (limit 1000 bytes) in setup"},
    {{KILLED(SIGSEGV), .memory_limit = 96 << 10, .phase = PHASE_BODY}, VERDICT_CRASHED, "SIGSEGV in body"},
    {{CRASHES(SIGBUS), .has_address = true, .address = 0x10, KILLED(SIGBUS), .phase = PHASE_TEARDOWN},
     VERDICT_CRASHED,
     "SIGBUS at address 0x10 in teardown"},
    {{CRASHES(SIGABRT), .phase = PHASE_BODY}, VERDICT_CRASHED, "SIGABRT in body"},
    {{CRASHES(SIGFPE), EXITED(0), .phase = PHASE_BODY}, VERDICT_CRASHED, "SIGFPE in body"},
    {{.phase = PHASE_BODY}, VERDICT_ERROR, "ended without a verdict, and nobody saw how"},
    {{.lost = true}, VERDICT_ERROR, "ended without a verdict, and nobody saw how"},

    /* Out of time, and how it then ended does not matter. */
    {{OUT_OF(200 * NS_PER_MS), KILLED(SIGKILL), .phase = PHASE_BODY}, VERDICT_TIMEOUT, "body took longer than 200 ms"},
    {{OUT_OF(1500), KILLED(SIGKILL), .phase = PHASE_BODY}, VERDICT_TIMEOUT, "body took longer than 1.5 us"},
    {{OUT_OF(30 * NS_PER_S), KILLED(SIGTERM), .phase = PHASE_BODY}, VERDICT_TIMEOUT, "body took longer than 30 s"},
    {{OUT_OF(1500 * NS_PER_MS), EXITED(0), .phase = PHASE_SETUP}, VERDICT_TIMEOUT, "setup took longer than 1.5 s"},
    {{OUT_OF(NS_PER_S), CRASHES(SIGSEGV), .phase = PHASE_TEARDOWN}, VERDICT_TIMEOUT, "teardown took longer than 1 s"},

    /* What it had said is the first cause, whatever kept it from its verdict; its verdict says it itself. */
    {{.cause = "lost 3 rows", CRASHES(SIGSEGV), .phase = PHASE_TEARDOWN},
     VERDICT_CRASHED,
     "lost 3 rows; then SIGSEGV in teardown"},
    {{.cause = "lost 3 rows", OUT_OF(NS_PER_S), .phase = PHASE_TEARDOWN},
     VERDICT_TIMEOUT,
     "lost 3 rows; then teardown took longer than 1 s"},
    {{.cause = "lost 3 rows", .interrupted = true, KILLED(SIGTERM)}, VERDICT_ERROR, "lost 3 rows; then interrupted"},
    {{.cause = "lost 3 rows", EXITED(0)}, VERDICT_CRASHED, "lost 3 rows; then exited with status 0 before its verdict"},
    {{.cause = "lost 3 rows", .cause_is_late = true, OUT_OF(NS_PER_S), .phase = PHASE_BODY},
     VERDICT_TIMEOUT,
     "body took longer than 1 s; then lost 3 rows"},
    {{.cause = "lost 3 rows", .cause_is_late = true, .interrupted = true},
     VERDICT_ERROR,
     "interrupted; then lost 3 rows"},
    {{.cause = "lost 3 rows", .setup_error = "no pipes", SAYS(OUTCOME_FAILED)}, VERDICT_ERROR, "no pipes"},
    {{.cause = "lost 3 rows", SAYS(OUTCOME_FAILED), EXITED(0)}, VERDICT_FAILED, "its words"},
    /* What failed in a process of its own it may not know. */
    {{.foreign_cause = "1 == 2", .foreign_outcome = OUTCOME_FAILED, SAYS(OUTCOME_PASSED), EXITED(0)},
     VERDICT_FAILED,
     "in a process that it forked: 1 == 2"},
    {{.foreign_cause = "no server", .foreign_outcome = OUTCOME_ERROR, SAYS(OUTCOME_SKIPPED), EXITED(0)},
     VERDICT_ERROR,
     "in a process that it forked: no server"},
    {{.foreign_cause = "1 == 2", .foreign_outcome = OUTCOME_FAILED, SAYS(OUTCOME_ERROR), EXITED(0)},
     VERDICT_ERROR,
     "its words"},
    {{.foreign_cause = "1 == 2", .foreign_outcome = OUTCOME_FAILED, KILLED(SIGKILL), .phase = PHASE_BODY},
     VERDICT_CRASHED,
     "1 == 2; then SIGKILL in body"},

    /* Interrupted before its word; not after. */
    {{.interrupted = true, KILLED(SIGTERM)}, VERDICT_ERROR, "interrupted"},
    {{.interrupted = true, EXITED(0)}, VERDICT_ERROR, "interrupted"},
    {{.interrupted = true, OUT_OF(NS_PER_S), KILLED(SIGKILL)}, VERDICT_ERROR, "interrupted"},
    {{.interrupted = true, SAYS(OUTCOME_PASSED), EXITED(0)}, VERDICT_PASSED, "its words"},

    /* One that wrote rubbish is not believed; nor is one that never ran properly. */
    {{.malformed = true, SAYS(OUTCOME_PASSED), EXITED(0)},
     VERDICT_ERROR,
     "sent a malformed message to the runner: it wrote to a descriptor that was not its own"},
    {{.malformed = true, KILLED(SIGKILL)},
     VERDICT_ERROR,
     "sent a malformed message to the runner: it wrote to a descriptor that was not its own"},
    {{.setup_error = "no pipes", SAYS(OUTCOME_PASSED), EXITED(0)}, VERDICT_ERROR, "no pipes"},
    {{.setup_error = "no pipes", .malformed = true, OUT_OF(NS_PER_S)}, VERDICT_ERROR, "no pipes"},
};

static void every_combination_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        autobuf struct buf reason = {0};
        enum verdict v = judge(&table[i].seen, &reason);
        if (v != table[i].verdict)
            fail_msg("row %zu: verdict %d, not %d (%s)", i, v, table[i].verdict, buf_str(&reason));
        assert_string_equal(buf_str(&reason), table[i].reason);
    }
}

/* Whatever was seen, only the attempt's own word can pass or skip it. */
static void without_its_word_nothing_passes(void **state)
{
    (void)state;
    static const int statuses[] = {0, W_EXITCODE(0, 0), W_EXITCODE(1, 0), W_EXITCODE(113, 0), W_EXITCODE(0, SIGKILL)};
    for (unsigned bits = 0; bits < 64; bits++) {
        for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
            const struct observed seen = {.interrupted = bits & 1,
                                          .timed_out = bits & 2,
                                          .malformed = bits & 4,
                                          .lost = bits & 8,
                                          .crashed = bits & 16,
                                          .signal = SIGSEGV,
                                          .has_status = bits & 32,
                                          .wait_status = statuses[i],
                                          .outcome = OUTCOME_PASSED,
                                          .reason = ""};
            autobuf struct buf reason = {0};
            enum verdict v = judge(&seen, &reason);
            assert_true(verdict_is_bad(v));
            assert_true(reason.len > 0);
        }
    }
}

/* A verdict's own time decides, whenever it is read; and nobody can speak before the order, or in the future. */
static void a_verdict_counts_when_it_is_in_time(void **state)
{
    (void)state;
    const int64_t order = 1000, limit = 2000, now = 5000;
    assert_int_equal(judge_sent_at(1500, order, now), 1500);
    assert_int_equal(judge_sent_at(3, order, now), order);
    assert_int_equal(judge_sent_at(0, order, now), order);
    assert_int_equal(judge_sent_at(now + 1, order, now), now);
    assert_int_equal(judge_sent_at(UINT64_MAX, order, now), now);

    const struct observed none = {.phase = PHASE_BODY};
    assert_true(judge_is_in_time(&none, limit, limit));
    assert_false(judge_is_in_time(&none, limit + 1, limit));
    assert_true(judge_is_in_time(&none, now, NEVER));
    const struct observed late = {.timed_out = true}, ended = {.interrupted = true};
    assert_false(judge_is_in_time(&late, order, limit)); /* too late to say that it was in time */
    assert_false(judge_is_in_time(&ended, order, limit));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination_has_its_verdict),
        cmocka_unit_test(without_its_word_nothing_passes),
        cmocka_unit_test(a_verdict_counts_when_it_is_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
