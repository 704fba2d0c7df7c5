/* SPDX-License-Identifier: Apache-2.0 */
/* Order, claims, and which case begins next. A run is played with a list of ends instead of processes. */
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "plan/claims.h"
#include "plan/repeat.h"

/* Plays a script: a letter ends that case, '>' has all begin that can. What begins is told, with ' ' for each '>'. */
static void expect_play(const char *const *markers, size_t n, uint32_t slots, const char *script, const char *expected)
{
    autosuite s;
    suite_make(&s, markers, n);
    struct schedule *schedule = schedule_of(&s, slots);
    autobuf struct buf told = {0};
    for (const char *p = script; *p; p++) {
        uint32_t i;
        if (*p >= 'a')
            schedule_ended(schedule, (uint32_t)(*p - 'a'));
        else if (*p == '>') {
            while (schedule_next(schedule, &i))
                buf_addc(&told, (char)('a' + i));
            buf_addc(&told, ' ');
        } else {
            schedule_first(schedule, (uint32_t)(*p - 'A'));
        }
    }
    schedule_free(schedule);
    assert_string_equal(buf_str(&told), expected);
}

#define PLAY(slots, script, expected, ...)                                                                             \
    do {                                                                                                               \
        static const char *const rows[] = {__VA_ARGS__};                                                               \
        expect_play(rows, ARRAY_LEN(rows), slots, script, expected);                                                   \
    } while (0)

static void begins_in_order_while_slots_are_free(void **state)
{
    (void)state;
    PLAY(1, ">a>b>c>", "a b c  ", "", "", "");
    PLAY(2, ">b>a>", "ab c  ", "", "", "");
    PLAY(9, ">", "abc ", "", "", "");
}

static void passes_over_what_is_locked(void **state)
{
    (void)state;
    PLAY(2, ">c>a>b>", "ac d b  ", "lock(x)", "lock(x)", "", "");
    /* Different locks, and a group of the same name, have nothing to do with each other. */
    PLAY(4, ">", "abcd ", "lock(x)", "lock(y)", "group(x, max=1)", "lock(z)");
    /* Two locks: neither both at once, nor in a circle. */
    PLAY(4, ">a>b>c>", "a b c  ", "lock(x);lock(y)", "lock(y);lock(x)", "lock(x)");
}

static void lets_a_group_have_its_maximum(void **state)
{
    (void)state;
    PLAY(9, ">a>b>", "ab c d ", "group(g, max=2)", "group(g, max=2)", "group(g, max=2)", "group(g, max=2)");
}

static void keeps_claims_of_who_was_passed_over(void **state)
{
    (void)state;
    /* b wants x and y and waits for x; c, which wants y alone, must not keep it from b for ever. */
    PLAY(9, ">a>b>", "a b c ", "lock(x)", "lock(x);lock(y)", "lock(y)");
}

static void gathers_slots_for_the_heavy(void **state)
{
    (void)state;
    PLAY(3, ">a>b>c>", "ab  c d ", "", "", "weight(3)", "");
    PLAY(3, ">b>a>", "ab cd  ", "", "weight(2)", "", "");
    /* Never more than there are. */
    PLAY(2, ">a>", "a b ", "weight(9)", "");
}

static void runs_serial_ones_alone_and_last(void **state)
{
    (void)state;
    PLAY(3, ">a>c>b>", "ac  b  ", "", "serial", "");
    PLAY(3, ">a>b>", "a b  ", "serial", "serial");
}

static void lets_those_that_come_back_go_first(void **state)
{
    (void)state;
    PLAY(1, ">aA>a>", "a a b ", "", "", "");
    PLAY(2, ">aA>", "ab a ", "lock(x)", "", "lock(x)");
}

static void puts_those_of_each_kind_where_they_belong(void **state)
{
    (void)state;
    static const char *const rows[] = {"", "", "", "", ""};
    static const uint32_t expected[] = {2, 0, 1, 4, 3};
    autosuite s;
    suite_make(&s, rows, ARRAY_LEN(rows));
    struct schedule *schedule = schedule_of(&s, 4);
    uint32_t i;
    for (uint32_t k = 0; k < 4; k++)
        assert_true(schedule_next(schedule, &i));
    schedule_again(schedule, 0);
    schedule_again(schedule, 1);
    schedule_first(schedule, 2);
    schedule_last(schedule, 3);
    for (uint32_t k = 0; k < ARRAY_LEN(expected); k++) {
        schedule_ended(schedule, k < 4 ? k : expected[0]);
        assert_true(schedule_next(schedule, &i));
        assert_int_equal(i, expected[k]);
    }
    schedule_free(schedule);
}

static void goes_round_with_those_put_last(void **state)
{
    (void)state;
    static const char *const rows[] = {"", "", ""};
    autosuite s;
    suite_make(&s, rows, 3);
    struct schedule *schedule = schedule_of(&s, 1);
    for (uint32_t round = 0; round < 10000; round++) {
        uint32_t i;
        assert_true(schedule_next(schedule, &i));
        assert_int_equal(i, round % 3);
        schedule_ended(schedule, i);
        schedule_last(schedule, i);
    }
    schedule_free(schedule);
}

/* ---- any suite ----------------------------------------------------------------------------------------------------
 */

struct running {
    uint32_t i;
    uint64_t until;
};

/* What must hold whenever something runs. */
static void check_running(const struct suite *s, const struct running *running, size_t n, uint32_t slots)
{
    uint32_t weight = 0;
    for (size_t a = 0; a < n; a++) {
        struct claims claims, other;
        assert_int_equal(claims_of(&s->catalogue.scenarios[running[a].i], &claims, NULL), 0);
        weight += claims.weight > slots ? slots : claims.weight;
        assert_true(!claims.serial || n == 1);
        for (uint32_t k = 0; k < claims.n; k++) {
            uint32_t together = 0;
            for (size_t b = 0; b < n; b++) {
                assert_int_equal(claims_of(&s->catalogue.scenarios[running[b].i], &other, NULL), 0);
                for (uint32_t m = 0; m < other.n; m++)
                    together += other.items[m].group == claims.items[k].group &&
                                strcmp(other.items[m].name, claims.items[k].name) == 0;
            }
            assert_true(together <= claims.items[k].max);
        }
    }
    assert_true(weight <= slots);
}

static void holds_its_promises_for_any_suite(void **state)
{
    (void)state;
    static const char *const kinds[] = {
        "",          "",          "lock(x)", "lock(y)",         "lock(x);lock(y)",
        "weight(2)", "weight(7)", "serial",  "group(g, max=2)", "group(g, max=2);lock(x);weight(2)"};
    uint32_t random = 1;
    for (int suite = 0; suite < 200; suite++) {
        const char *markers[60];
        size_t n = 1 + random_of(&random, ARRAY_LEN(markers));
        for (size_t i = 0; i < n; i++)
            markers[i] = kinds[random_of(&random, ARRAY_LEN(kinds))];
        uint32_t slots = 1 + random_of(&random, 5);
        autosuite s;
        suite_make(&s, markers, n);
        struct schedule *schedule = schedule_of(&s, slots);
        struct running running[8];
        bool seen[ARRAY_LEN(markers)] = {0};
        size_t n_running = 0, ended = 0;
        while (ended < n) {
            uint32_t i;
            while (schedule_next(schedule, &i)) {
                assert_false(seen[i]);
                seen[i] = true;
                assert_true(n_running < slots);
                running[n_running++].i = i;
            }
            assert_true(n_running > 0); /* else it would hang */
            check_running(&s, running, n_running, slots);
            size_t k = random_of(&random, (uint32_t)n_running);
            schedule_ended(schedule, running[k].i);
            running[k] = running[--n_running];
            ended++;
        }
        uint32_t none;
        assert_false(schedule_next(schedule, &none));
        schedule_free(schedule);
    }
}

/* ---- claims and orders ----------------------------------------------------------------------------------------------
 */

static void names_claims_that_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second, *message;
    } rows[] = {
        {"lock", "", "p.a: marker lock: it needs a name, as in lock(\"db\")"},
        {"lock(3)", "", "p.a: marker lock(3): it needs a name, as in lock(\"db\")"},
        {"group(g)", "", "p.a: marker group(g): max is a whole number from 1 to 1000000"},
        {"group(max=2)", "", "p.a: marker group(max=2): it needs a name, as in group(\"db\", max=2)"},
        {"group(g, max=0)", "", "p.a: marker group(g, max=0): max is a whole number from 1 to 1000000"},
        {"weight", "", "p.a: marker weight: n is a whole number from 1 to 1000000"},
        {"lock(x);lock(x)", "", "p.a: marker lock(x): it is there twice"},
        {"group(g, max=2)", "group(g, max=3)", "p.b: marker group(g, max=3): the group's max is 2 in p.a"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *markers[] = {rows[i].first, rows[i].second};
        autosuite s;
        suite_make(&s, markers, 2);
        struct schedule *schedule = NULL;
        autoerr struct err err = {0};
        assert_int_equal(schedule_new(&s.catalogue, &s.selection, s.sequence, 2, &schedule, &err), -EINVAL);
        assert_err(&err, -EINVAL, rows[i].message);
        assert_null(schedule);
    }
}

static void shuffles_by_the_seed(void **state)
{
    (void)state;
    static const char *const rows[20] = {"", "", "", "serial", "", "", "", "", "", "",
                                         "", "", "", "",       "", "", "", "", "", "serial"};
    autosuite s;
    suite_make(&s, rows, ARRAY_LEN(rows));
    uint32_t one[20], same[20], other[20];
    order_cases(&s.catalogue, &s.selection, ORDER_RANDOM, 7, NULL, one);
    order_cases(&s.catalogue, &s.selection, ORDER_RANDOM, 7, NULL, same);
    order_cases(&s.catalogue, &s.selection, ORDER_RANDOM, 8, NULL, other);
    assert_memory_equal(one, same, sizeof one);
    assert_memory_not_equal(one, other, sizeof one);
    bool seen[20] = {0};
    for (size_t i = 0; i < 20; i++)
        seen[one[i]] = true;
    for (size_t i = 0; i < 20; i++)
        assert_true(seen[i]);
    assert_int_equal(one[18] + one[19], 3 + 19);
}

static void expect_order(const struct suite *s, enum order order, const struct case_past *past, const char *expected)
{
    uint32_t sequence[26];
    char got[27] = "";
    order_cases(&s->catalogue, &s->selection, order, 0, past, sequence);
    for (size_t i = 0; i < s->selection.n_cases; i++)
        got[i] = (char)('a' + sequence[i]);
    assert_string_equal(got, expected);
}

static void orders_by_the_past(void **state)
{
    (void)state;
    static const char *const rows[] = {"", "", "", "", "serial", ""};
    static const struct case_past past[] = {{true, false, 10}, {true, true, 30}, {true, false, 30},
                                            {false, false, 0}, {true, true, 99}, {true, true, 1}};
    autosuite s;
    suite_make(&s, rows, ARRAY_LEN(rows));
    expect_order(&s, ORDER_LONGEST, past, "dbcafe");
    expect_order(&s, ORDER_FAILED_FIRST, past, "bfacde");
    expect_order(&s, ORDER_LONGEST, NULL, "abcdfe");
    expect_order(&s, ORDER_SOURCE, past, "abcdfe");
}

/* A skewed suite in the longest-first order, played with recorded durations: its makespan keeps the bound of LPT. */
static void keeps_the_bound_of_longest_first(void **state)
{
    (void)state;
    enum { N = 60, SLOTS = 4 };
    const char *markers[N];
    struct case_past past[N];
    int64_t total = 0;
    for (size_t i = 0; i < N; i++) {
        markers[i] = "";
        past[i] = (struct case_past){true, false, (int64_t)(1000 / (1 + (i * 7) % N))}; /* few long, many short */
        total += past[i].mean_ns;
    }
    autosuite s;
    suite_make(&s, markers, N);
    order_cases(&s.catalogue, &s.selection, ORDER_LONGEST, 0, past, s.sequence);
    struct schedule *schedule = schedule_of(&s, SLOTS);
    int64_t free_at[SLOTS] = {0}, end = 0;
    uint32_t on[SLOTS], i;
    bool busy[SLOTS] = {0};
    for (;;) {
        size_t first = 0;
        for (size_t k = 1; k < SLOTS; k++)
            first = free_at[k] < free_at[first] ? k : first;
        if (busy[first])
            schedule_ended(schedule, on[first]);
        busy[first] = false;
        if (!schedule_next(schedule, &i))
            break;
        busy[first] = true;
        on[first] = i;
        free_at[first] += past[i].mean_ns;
        end = free_at[first] > end ? free_at[first] : end;
    }
    schedule_free(schedule);
    int64_t bound = total / SLOTS > 1000 ? total / SLOTS : 1000;
    assert_true(end >= bound);
    assert_true(end * 100 <= bound * 105);
}

static void repeats_in_rounds(void **state)
{
    (void)state;
    static const char *const rows[] = {"", ""};
    static const char *const ids[] = {"p.a[repeat=1]", "p.b[repeat=1]", "p.a[repeat=2]", "p.b[repeat=2]"};
    autosuite s;
    suite_make(&s, rows, 2);
    repeat_cases(&s.selection, 2);
    assert_int_equal(s.selection.n_cases, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(s.selection.cases[i].id, ids[i]);
        assert_int_equal(repeat_base(ids[i]), 3);
    }
    assert_int_equal(repeat_base("p.a[repeat=12345]"), 3);
    static const char *const others[] = {"",           "]", "p.a", "p.a[plan=2]", "p.a[repeat=]", "p.a[repeat=x]",
                                         "[repeat=1]", "1]"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_int_equal(repeat_base(others[i]), strlen(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_in_order_while_slots_are_free),
        cmocka_unit_test(passes_over_what_is_locked),
        cmocka_unit_test(lets_a_group_have_its_maximum),
        cmocka_unit_test(keeps_claims_of_who_was_passed_over),
        cmocka_unit_test(gathers_slots_for_the_heavy),
        cmocka_unit_test(runs_serial_ones_alone_and_last),
        cmocka_unit_test(lets_those_that_come_back_go_first),
        cmocka_unit_test(puts_those_of_each_kind_where_they_belong),
        cmocka_unit_test(goes_round_with_those_put_last),
        cmocka_unit_test(holds_its_promises_for_any_suite),
        cmocka_unit_test(names_claims_that_are_none),
        cmocka_unit_test(shuffles_by_the_seed),
        cmocka_unit_test(repeats_in_rounds),
        cmocka_unit_test(orders_by_the_past),
        cmocka_unit_test(keeps_the_bound_of_longest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
