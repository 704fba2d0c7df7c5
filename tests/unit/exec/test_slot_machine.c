/* SPDX-License-Identifier: Apache-2.0 */
/* The slot's machine, without a process: what is promised of its table holds for every state and event. */
#include "exec/slot_machine.h"
#include "testing.h"

static bool leads_to(enum slot_state from, enum slot_event event, enum slot_state to)
{
    struct slot_move m = slot_machine(from, event);
    return m.legality == SLOT_TAKEN && m.next == to;
}

static void test_a_passing_attempt(void **state)
{
    (void)state;
    assert_true(leads_to(SLOT_IDLE, SLOT_MAKE, SLOT_PREPARING));
    assert_true(leads_to(SLOT_PREPARING, SLOT_ORDERED, SLOT_RUNNING));
    assert_true(leads_to(SLOT_RUNNING, SLOT_EXITED, SLOT_ENDED));
    assert_true(leads_to(SLOT_ENDED, SLOT_TIME, SLOT_ENDED)); /* it waited for who knows why */
    assert_int_equal(slot_machine(SLOT_ENDED, SLOT_TIME).action, SLOT_DO_FINISH);
    assert_true(leads_to(SLOT_ENDED, SLOT_DONE, SLOT_IDLE));
    assert_int_equal(slot_machine(SLOT_ENDED, SLOT_DONE).action, SLOT_DO_TELL);
    assert_true(leads_to(SLOT_IDLE, SLOT_ORDERED, SLOT_RUNNING)); /* its monitor is there */
    assert_true(leads_to(SLOT_IDLE, SLOT_WAIT_FOR_OLD, SLOT_SWITCHING));
    assert_true(leads_to(SLOT_SWITCHING, SLOT_MAKE, SLOT_PREPARING));
}

static void test_a_late_attempt(void **state)
{
    (void)state;
    assert_true(leads_to(SLOT_RUNNING, SLOT_TIME, SLOT_RUNNING)); /* looked at once more, before it is judged */
    assert_int_equal(slot_machine(SLOT_RUNNING, SLOT_TIME).action, SLOT_DO_RUN_OUT);
    assert_true(leads_to(SLOT_RUNNING, SLOT_LATE, SLOT_DUMPING));
    assert_true(leads_to(SLOT_DUMPING, SLOT_STOP, SLOT_ENDING));
    assert_true(leads_to(SLOT_ENDING, SLOT_TIME, SLOT_KILLED));
    assert_true(leads_to(SLOT_KILLED, SLOT_TIME, SLOT_SWEEPING));
    assert_true(leads_to(SLOT_SWEEPING, SLOT_EMPTY, SLOT_ENDED));
}

/* What a start can lead to at once: none of it is the end, which the loop brings. */
static void test_no_start_ends_at_once(void **state)
{
    (void)state;
    static const enum slot_event starts[] = {SLOT_WAIT_FOR_OLD, SLOT_MAKE, SLOT_ORDERED, SLOT_REFUSE};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct slot_move m = slot_machine(SLOT_IDLE, starts[i]);
        assert_int_equal(m.legality, SLOT_TAKEN);
        assert_int_not_equal(m.action, SLOT_DO_FINISH);
        assert_int_not_equal(m.action, SLOT_DO_TELL);
    }
    for (int s = SLOT_SWITCHING; s <= SLOT_PREPARING; s++) {
        assert_true(leads_to((enum slot_state)s, SLOT_FAIL, SLOT_FAILED));
        assert_int_equal(slot_machine((enum slot_state)s, SLOT_FAIL).action, SLOT_DO_POST);
    }
    assert_int_equal(slot_machine(SLOT_IDLE, SLOT_REFUSE).action, SLOT_DO_POST);
}

/* Only one move ends a task, and it tells the owner. */
static void test_the_end_is_told(void **state)
{
    (void)state;
    for (int s = 0; s < SLOT_STATES; s++)
        for (int e = 0; e < SLOT_EVENTS; e++) {
            struct slot_move m = slot_machine((enum slot_state)s, (enum slot_event)e);
            bool ends = m.legality == SLOT_TAKEN && m.next == SLOT_IDLE;
            assert_int_equal(ends, s == SLOT_ENDED && e == SLOT_DONE);
            assert_int_equal(m.legality == SLOT_TAKEN && m.action == SLOT_DO_TELL, ends);
            if (m.legality == SLOT_TAKEN && m.action == SLOT_DO_FINISH)
                assert_int_equal(m.next, SLOT_ENDED);
            if (m.legality == SLOT_TAKEN && m.action == SLOT_DO_POST)
                assert_int_equal(slot_machine(m.next, SLOT_POSTED).legality, SLOT_TAKEN);
        }
}

/* Each state but the idle one can be left by its deadline, by what was posted, or by a person who was told. One that
 * has ended may be there for the one, and later for the other. */
static void test_nothing_is_waited_for_without_end(void **state)
{
    (void)state;
    for (int s = SLOT_IDLE + 1; s < SLOT_STATES; s++) {
        bool timed = slot_machine((enum slot_state)s, SLOT_TIME).legality == SLOT_TAKEN;
        bool posted = slot_machine((enum slot_state)s, SLOT_POSTED).legality == SLOT_TAKEN;
        bool held = slot_machine((enum slot_state)s, SLOT_GO_ON).legality == SLOT_TAKEN;
        assert_int_equal(timed + posted + held, s == SLOT_ENDED ? 2 : 1);
    }
}

/* From everywhere there is a way to the end, whatever a person or a process does. */
static void test_every_state_reaches_idle(void **state)
{
    (void)state;
    static const enum slot_event ours[] = {SLOT_KILL, SLOT_FAIL,  SLOT_TIME, SLOT_POSTED,
                                           SLOT_GONE, SLOT_EMPTY, SLOT_DONE};
    for (int s = SLOT_IDLE + 1; s < SLOT_STATES; s++) {
        enum slot_state at = (enum slot_state)s;
        for (int steps = 0; at != SLOT_IDLE && steps < SLOT_STATES; steps++) {
            enum slot_state before = at;
            for (size_t i = 0; at == before && i < sizeof ours / sizeof *ours; i++) {
                struct slot_move m = slot_machine(before, ours[i]);
                if (m.legality == SLOT_TAKEN)
                    at = m.next;
            }
            if (at == before)
                fail_msg("no way out of state %d", s);
        }
        assert_int_equal(at, SLOT_IDLE);
    }
}

/* A process that is alive can end, be killed, or be lost in any state that has one; and where there is none, what a
 * liar could cause changes nothing. */
static void test_what_processes_cause_is_never_wrong(void **state)
{
    (void)state;
    static const enum slot_event theirs[] = {SLOT_EXITED, SLOT_GONE};
    for (int s = 0; s < SLOT_STATES; s++)
        for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
            enum slot_legality l = slot_machine((enum slot_state)s, theirs[i]).legality;
            if (s != SLOT_SWITCHING) /* its monitor is gone, and its channel not made */
                assert_int_not_equal(l, SLOT_WRONG);
            assert_int_equal(l == SLOT_TAKEN, slot_state_is_live((enum slot_state)s));
        }
    assert_int_equal(slot_machine(SLOT_SWEEPING, SLOT_KILL).legality, SLOT_IGNORED);
    assert_int_equal(slot_machine(SLOT_CRASHED, SLOT_STOP).legality, SLOT_IGNORED);
    assert_int_equal(slot_machine(SLOT_IDLE, SLOT_DONE).legality, SLOT_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_passing_attempt),
        cmocka_unit_test(test_a_late_attempt),
        cmocka_unit_test(test_no_start_ends_at_once),
        cmocka_unit_test(test_the_end_is_told),
        cmocka_unit_test(test_nothing_is_waited_for_without_end),
        cmocka_unit_test(test_every_state_reaches_idle),
        cmocka_unit_test(test_what_processes_cause_is_never_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
