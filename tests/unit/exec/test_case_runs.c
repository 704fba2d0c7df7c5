/* SPDX-License-Identifier: Apache-2.0 */
/* The machine that each case of a run is: where it may go, and what it holds where. */
#include "exec/case_runs.h"

#include "base/clock.h"
#include "base/mem.h"
#include "testing.h"

#include <stdlib.h>

enum { N = 3 };

struct fixture {
    struct catalogue catalogue;
    struct selection selection;
    struct schedule *schedule;
    struct case_runs runs;
};

/* `n` cases of as many scenarios, which claim nothing, for `slots` at a time. */
static void open_all(struct fixture *f, uint32_t n, uint32_t slots)
{
    autoerr struct err err = {0};
    *f = (struct fixture){0};
    f->catalogue.scenarios = xcalloc(n, sizeof *f->catalogue.scenarios);
    f->catalogue.n_scenarios = n;
    f->selection.cases = xcalloc(n, sizeof *f->selection.cases);
    f->selection.n_cases = n;
    uint32_t *sequence = xcalloc(n, sizeof *sequence);
    for (uint32_t i = 0; i < n; i++) {
        f->selection.cases[i].scenario = i;
        sequence[i] = i;
    }
    assert_int_equal(schedule_new(&f->catalogue, &f->selection, sequence, slots, &f->schedule, &err), 0);
    case_runs_open(&f->runs, f->schedule, n);
    free(sequence);
}

static void close_all(struct fixture *f)
{
    case_runs_close(&f->runs);
    schedule_free(f->schedule);
    free(f->catalogue.scenarios);
    free(f->selection.cases);
}

static uint32_t choose(struct fixture *f)
{
    uint32_t i;
    assert_true(case_runs_choose(&f->runs, &i));
    return i;
}

static uint32_t begin(struct fixture *f)
{
    uint32_t i = choose(f);
    case_runs_move(&f->runs, i, CASE_RUNNING);
    f->runs.items[i].attempts++;
    return i;
}

static bool is_any_free(struct fixture *f)
{
    uint32_t i;
    bool any = case_runs_choose(&f->runs, &i);
    if (any)
        case_runs_move(&f->runs, i, CASE_BLOCKED);
    case_runs_unblock(&f->runs);
    return any;
}

static void nothing_leaves_its_end(void **state)
{
    (void)state;
    for (int to = 0; to < CASE_N_STATES; to++)
        assert_false(case_may_move(CASE_ENDED, (enum case_state)to));
    for (int from = 0; from < CASE_ENDED; from++)
        assert_true(case_may_move((enum case_state)from, CASE_ENDED));
    assert_false(case_may_move(CASE_QUEUED, CASE_RUNNING)); /* it has no claims */
    assert_false(case_may_move(CASE_BLOCKED, CASE_RUNNING));
    assert_false(case_may_move(CASE_WAITING, CASE_RUNNING));
    assert_false(case_may_move(CASE_LEAVING, CASE_RUNNING));
}

/* A place of the schedule is taken from the choice until the attempt leaves, and given back once. */
static void claims_are_held_while_it_runs(void **state)
{
    (void)state;
    static const enum case_state ends[] = {CASE_LEAVING, CASE_WAITING, CASE_QUEUED, CASE_ENDED};
    for (size_t k = 0; k < ARRAY_LEN(ends); k++) {
        struct fixture f;
        open_all(&f, N, 1);
        uint32_t i = begin(&f);
        assert_false(is_any_free(&f));
        assert_int_equal(case_runs_running(&f.runs), 1);
        case_runs_move(&f.runs, i, ends[k]);
        assert_true(is_any_free(&f));
        if (ends[k] == CASE_LEAVING) {
            assert_int_equal(case_runs_running(&f.runs), 1);
            uint32_t next = begin(&f); /* the one ordered behind it has its place */
            case_runs_move(&f.runs, i, CASE_ENDED);
            assert_false(is_any_free(&f)); /* which is not given back twice */
            case_runs_move(&f.runs, next, CASE_ENDED);
        }
        assert_int_equal(case_runs_running(&f.runs), 0);
        close_all(&f);
    }
}

static void one_that_stands_aside_keeps_nobody_and_comes_first_again(void **state)
{
    (void)state;
    struct fixture f;
    open_all(&f, N, 1);
    case_runs_move(&f.runs, choose(&f), CASE_BLOCKED);
    uint32_t second = begin(&f);
    assert_int_equal(second, 1);
    case_runs_unblock(&f.runs);
    case_runs_move(&f.runs, second, CASE_ENDED);
    assert_int_equal(choose(&f), 0);
    close_all(&f);
}

static void those_that_stood_aside_keep_their_order_behind_retries(void **state)
{
    (void)state;
    struct fixture f;
    open_all(&f, 5, 1);
    case_runs_wait(&f.runs, begin(&f), 100);
    for (uint32_t i = 1; i < 4; i++)
        case_runs_move(&f.runs, choose(&f), CASE_BLOCKED);
    case_runs_unblock(&f.runs);
    case_runs_wake(&f.runs, 100);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(begin(&f), i);
        case_runs_move(&f.runs, i, CASE_ENDED);
    }
    close_all(&f);
}

static void retries_come_when_due_and_rounds_come_last(void **state)
{
    (void)state;
    struct fixture f;
    open_all(&f, N, 1);
    case_runs_wait(&f.runs, begin(&f), 100);
    case_runs_move(&f.runs, begin(&f), CASE_QUEUED); /* another round */
    assert_true(case_runs_next_ns(&f.runs) == 100);
    case_runs_wake(&f.runs, 99);
    assert_int_equal(f.runs.items[0].state, CASE_WAITING);
    case_runs_wake(&f.runs, 100);
    assert_true(case_runs_next_ns(&f.runs) == NEVER);
    case_runs_move(&f.runs, begin(&f), CASE_ENDED);
    assert_int_equal(f.runs.items[0].state, CASE_ENDED); /* the retry came before those that had not begun */
    case_runs_move(&f.runs, begin(&f), CASE_ENDED);
    assert_int_equal(f.runs.items[2].state, CASE_ENDED); /* the round behind them */
    assert_int_equal(choose(&f), 1);
    close_all(&f);
}

/* In whatever line it stands when nothing begins any more. */
static void one_that_was_attempted_is_known_in_every_line(void **state)
{
    (void)state;
    struct fixture f;
    open_all(&f, N, 1);
    struct case_run *c = &f.runs.items[0];
    assert_false(case_is_between_attempts(c));
    case_runs_wait(&f.runs, begin(&f), 0);
    assert_true(case_is_between_attempts(c));
    case_runs_wake(&f.runs, 0); /* due, and queued */
    assert_true(case_is_between_attempts(c));
    case_runs_move(&f.runs, choose(&f), CASE_BLOCKED);
    assert_true(case_is_between_attempts(c));
    case_runs_unblock(&f.runs);
    begin(&f);
    assert_false(case_is_between_attempts(c)); /* its verdict is to come */
    case_runs_move(&f.runs, 0, CASE_ENDED);
    assert_false(case_is_between_attempts(c));
    close_all(&f);
}

/* A turn of the loop asks for the next time and for what is due. With a look at all that wait, this would be 10^10. */
static void many_wait_at_no_cost(void **state)
{
    (void)state;
    enum { MANY = 100 * 1000 };
    struct fixture f;
    open_all(&f, MANY, MANY);
    for (int64_t k = 0; k < MANY; k++)
        case_runs_wait(&f.runs, begin(&f), 1 + (k * 7919) % MANY);
    for (int64_t now = 1; now <= MANY; now++) {
        assert_true(case_runs_next_ns(&f.runs) == now);
        case_runs_wake(&f.runs, now);
        assert_int_equal(f.runs.in[CASE_WAITING], MANY - now);
    }
    close_all(&f);
}

/* Every end of an attempt behind every other one. */
static void no_end_is_forgotten_for_a_better_one(void **state)
{
    (void)state;
    static const enum verdict ends[] = {VERDICT_PASSED, VERDICT_SKIPPED, VERDICT_FAILED,
                                        VERDICT_ERROR,  VERDICT_TIMEOUT, VERDICT_CRASHED};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        for (size_t k = 0; k < ARRAY_LEN(ends); k++) {
            bool was_bad = verdict_is_bad(ends[i]);
            enum verdict v = case_verdict_after(ends[i], was_bad, ends[k]);
            enum verdict expected = !was_bad || verdict_is_bad(ends[k]) ? ends[k]
                                    : ends[k] == VERDICT_PASSED         ? VERDICT_FLAKY
                                                                        : ends[i];
            if (v != expected)
                fail_msg("%d, then %d: %d, not %d", ends[i], ends[k], v, expected);
            assert_false(was_bad && (v == VERDICT_PASSED || v == VERDICT_SKIPPED));
        }
    }
    /* And behind two: the skip after a pass after a failure. */
    assert_int_equal(case_verdict_after(VERDICT_FLAKY, 1, VERDICT_SKIPPED), VERDICT_FLAKY);
    assert_int_equal(case_verdict_after(VERDICT_FLAKY, 1, VERDICT_PASSED), VERDICT_FLAKY);
    assert_int_equal(case_verdict_after(VERDICT_FLAKY, 1, VERDICT_CRASHED), VERDICT_CRASHED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaves_its_end),
        cmocka_unit_test(claims_are_held_while_it_runs),
        cmocka_unit_test(one_that_stands_aside_keeps_nobody_and_comes_first_again),
        cmocka_unit_test(those_that_stood_aside_keep_their_order_behind_retries),
        cmocka_unit_test(retries_come_when_due_and_rounds_come_last),
        cmocka_unit_test(one_that_was_attempted_is_known_in_every_line),
        cmocka_unit_test(many_wait_at_no_cost),
        cmocka_unit_test(no_end_is_forgotten_for_a_better_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
