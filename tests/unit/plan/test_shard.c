/* SPDX-License-Identifier: Apache-2.0 */
/* Shards: each case in exactly one, the same whoever asks, and about as much to do in each. */
#include "sample.h"

#include "base/buf.h"
#include "plan/shard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void parsing(void **state)
{
    (void)state;
    struct shard s;
    assert_int_equal(shard_parse("2/5", &s, NULL), 0);
    assert_int_equal(s.index, 2);
    assert_int_equal(s.total, 5);
    assert_int_equal(shard_parse("100000/100000", &s, NULL), 0);
    static const char *const wrong[] = {"",    "2",    "/5",   "2/",   "2/5/",         "2/5 ", " 2/5",    "-1/5",
                                        "0/5", "6/5",  "1/0",  "a/b",  "1/100001",     "+1/5", "1/0x5",   "2.0/5",
                                        "0/0", "2//5", "1 /5", "1,/5", "4294967297/1", "٢/5",  "1/1e100", "auto"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        s = (struct shard){77, 78};
        if (shard_parse(wrong[i], &s, NULL) != -EINVAL || s.index != 77 || s.total != 78)
            fail_msg("\"%s\" is taken for a shard", wrong[i]);
    }
    autoerr struct err err = {0};
    shard_parse("6/5", &s, &err);
    assert_err(&err, -EINVAL, "6/5: shards are counted from 1/N to N/N");
}

/* A plan of N cases, of which `past` tells; ids are "p.<name>". */
struct plan {
    struct selection selection;
    struct case_past *past;
    uint32_t *shards;
};

static void plan_make(struct plan *p, const char *const *ids, const int64_t *ns, size_t n)
{
    *p = (struct plan){0};
    p->past = xcalloc(n, sizeof *p->past);
    p->shards = xcalloc(n, sizeof *p->shards);
    for (size_t i = 0; i < n; i++) {
        struct selection *s = &p->selection;
        GROW(s->cases, s->n_cases, s->cap_cases);
        s->cases[s->n_cases++] = (struct case_plan){.id = arena_strdup(&s->arena, ids[i])};
        p->past[i] = ns && ns[i] != -1 ? (struct case_past){true, false, ns[i]} : (struct case_past){0};
    }
}

static void plan_free(struct plan *p)
{
    selection_free(&p->selection);
    free(p->past);
    free(p->shards);
}

#define N_BIG 1000
static const char *big_id(size_t i)
{
    static char ids[N_BIG][32];
    snprintf(ids[i], sizeof ids[i], "acme.pay.case_%zu[plan=pro]", i);
    return ids[i];
}

static void plan_big(struct plan *p, bool timed)
{
    const char *ids[N_BIG];
    int64_t ns[N_BIG];
    for (size_t i = 0; i < N_BIG; i++) {
        ids[i] = big_id(i);
        ns[i] = i % 7 == 0 ? -1 : (int64_t)(i * i % 997) * 1000000;
    }
    plan_make(p, ids, timed ? ns : NULL, N_BIG);
}

static void by_hash_without_history(void **state)
{
    (void)state;
    static const char *const ids[] = {"a.b", "a.c", "acme.pay.refund[plan=pro]", "ü"};
    struct plan p;
    plan_make(&p, ids, NULL, ARRAY_LEN(ids));
    /* FNV-1a of the bytes, mixed, modulo N: worked out by hand in another language, so that it never changes unnoticed.
     */
    assert_int_equal(shard_assign(&p.selection, NULL, 1000, p.shards), SHARD_BY_HASH);
    static const uint32_t expected[] = {247, 208, 680, 259};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        assert_int_equal(p.shards[i], expected[i]);
    /* A history that knows none of the cases is none. */
    assert_int_equal(shard_assign(&p.selection, p.past, 1000, p.shards), SHARD_BY_HASH);
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        assert_int_equal(p.shards[i], expected[i]);
    plan_free(&p);
}

/* FNV-1a alone would put names that differ in every other letter all in one of two shards. */
static void names_alike_are_divided_too(void **state)
{
    (void)state;
    static const char *const ids[] = {"p.a_passes", "p.c_passes", "p.e_passes", "p.g_passes", "p.i_passes",
                                      "p.k_passes", "p.m_passes", "p.o_passes", "p.q_passes", "p.s_passes"};
    struct plan p;
    plan_make(&p, ids, NULL, ARRAY_LEN(ids));
    shard_assign(&p.selection, NULL, 2, p.shards);
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        n += p.shards[i] == 1;
    assert_in_range(n, 2, 8);
    plan_free(&p);
}

static void each_case_is_in_one_shard(void **state)
{
    (void)state;
    for (int timed = 0; timed < 2; timed++) {
        for (uint32_t total = 1; total <= 13; total += 3) {
            size_t seen[N_BIG] = {0}, n = 0;
            for (uint32_t index = 1; index <= total; index++) {
                struct plan p;
                plan_big(&p, timed);
                shard_assign(&p.selection, p.past, total, p.shards);
                shard_take(&p.selection, p.shards, index);
                size_t before = 0;
                for (size_t i = 0; i < p.selection.n_cases; i++) {
                    size_t at = p.selection.cases[i].position;
                    assert_true(at > before && at <= N_BIG); /* in the order of the plan */
                    before = at;
                    assert_string_equal(p.selection.cases[i].id, big_id(at - 1));
                    seen[at - 1]++;
                    n++;
                }
                plan_free(&p);
            }
            assert_int_equal(n, N_BIG);
            for (size_t i = 0; i < N_BIG; i++)
                assert_int_equal(seen[i], 1);
        }
    }
}

static void the_order_of_the_plan_does_not_matter(void **state)
{
    (void)state;
    for (int timed = 0; timed < 2; timed++) {
        struct plan p;
        plan_big(&p, timed);
        shard_assign(&p.selection, p.past, 7, p.shards);
        uint32_t before[N_BIG];
        memcpy(before, p.shards, sizeof before);
        for (size_t i = 0; i < N_BIG / 2; i++) {
            struct case_plan plan = p.selection.cases[i];
            p.selection.cases[i] = p.selection.cases[N_BIG - 1 - i];
            p.selection.cases[N_BIG - 1 - i] = plan;
            struct case_past past = p.past[i];
            p.past[i] = p.past[N_BIG - 1 - i];
            p.past[N_BIG - 1 - i] = past;
        }
        shard_assign(&p.selection, p.past, 7, p.shards);
        for (size_t i = 0; i < N_BIG; i++)
            assert_int_equal(p.shards[i], before[N_BIG - 1 - i]);
        plan_free(&p);
    }
}

/* Which shard each of "a" to "f" is in, as digits. */
static void expect_split(uint32_t total, const int64_t *ns, size_t n, const char *expected)
{
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};
    struct plan p;
    plan_make(&p, ids, ns, n);
    assert_int_equal(shard_assign(&p.selection, p.past, total, p.shards), SHARD_BY_TIME);
    autobuf struct buf split = {0};
    for (size_t i = 0; i < n; i++)
        buf_addu(&split, p.shards[i]);
    assert_string_equal(buf_str(&split), expected);
    plan_free(&p);
}
#define SPLIT(total, expected, ...)                                                                                    \
    expect_split(total, (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t),      \
                 expected)

static void the_longest_first_to_who_has_least(void **state)
{
    (void)state;
    SPLIT(2, "121222", 90, 40, 10, 30, 20, 10); /* b d e are as long as a: then c, to the one with fewer cases, and f */
    SPLIT(3, "123321", 60, 50, 40, 30, 20, 10); /* by length: a b c to 1 2 3, d to 3, e to 2, f to 1 */
    SPLIT(2, "1212", 10, 10, 10, 10);           /* ties by id, then by the number of cases */
    SPLIT(2, "21221", 10, 40, -1, 30, 30);      /* c counts as the median, 30: after b, and before d by its id */
    SPLIT(2, "1212", 0, 0, 0, 0);               /* what takes no time is divided too */
    SPLIT(5, "1", 10);                          /* and the other four have nothing to do */
    SPLIT(2, "112", INT64_MIN, INT64_MAX, INT64_MAX); /* a record may say anything */
}

static void what_is_skipped_takes_no_time(void **state)
{
    (void)state;
    static const char *const ids[] = {"a", "b", "c"};
    static const int64_t ns[] = {50, 40, 10};
    struct plan p;
    plan_make(&p, ids, ns, 3);
    p.selection.cases[0].skip_reason = "not today";
    shard_assign(&p.selection, p.past, 2, p.shards);
    assert_int_equal(p.shards[1], 1);
    assert_int_equal(p.shards[2], 2);
    assert_int_equal(p.shards[0], 2);
    plan_free(&p);
}

static void shards_are_about_as_long(void **state)
{
    (void)state;
    enum { TOTAL = 8 };
    struct plan p;
    plan_big(&p, true);
    shard_assign(&p.selection, p.past, TOTAL, p.shards);
    int64_t sum[TOTAL] = {0}, least = INT64_MAX, most = 0;
    for (size_t i = 0; i < N_BIG; i++)
        sum[p.shards[i] - 1] += p.past[i].known ? p.past[i].mean_ns : 498000000;
    for (int s = 0; s < TOTAL; s++) {
        least = sum[s] < least ? sum[s] : least;
        most = sum[s] > most ? sum[s] : most;
    }
    assert_true(most - least <= most / 100);
    plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsing),
        cmocka_unit_test(by_hash_without_history),
        cmocka_unit_test(names_alike_are_divided_too),
        cmocka_unit_test(each_case_is_in_one_shard),
        cmocka_unit_test(the_order_of_the_plan_does_not_matter),
        cmocka_unit_test(the_longest_first_to_who_has_least),
        cmocka_unit_test(what_is_skipped_takes_no_time),
        cmocka_unit_test(shards_are_about_as_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
