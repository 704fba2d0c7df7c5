/* SPDX-License-Identifier: Apache-2.0 */
/* The containment ladder: its words, which rung is taken, and what stands in what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "contain/contain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int bit(const struct rung *rung)
{
    return 1 << rung_index(rung);
}

static void words_stand_for_rungs(void **state)
{
    (void)state;
    int choice = 99;
    assert_int_equal(containment_parse("auto", &choice), 0);
    assert_int_equal(choice, bit(&rung_cgroup2) | bit(&rung_cgroup1) | bit(&rung_reaper)); /* no namespace */
    assert_int_equal(containment_parse("cgroup", &choice), 0);
    assert_int_equal(choice, bit(&rung_cgroup2) | bit(&rung_cgroup1));
    assert_int_equal(containment_parse("cgroup1", &choice), 0);
    assert_int_equal(choice, bit(&rung_cgroup1));
    assert_int_equal(containment_parse("pidns", &choice), 0);
    assert_int_equal(choice, bit(&rung_pidns));
    assert_int_equal(containment_parse("reaper", &choice), 0);
    assert_int_equal(choice, bit(&rung_reaper));
    static const char *const bad[] = {"", "Auto", "cgroups", "cgroup3", "none", "reaper "};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(containment_parse(bad[i], &choice), -EINVAL);
    assert_int_equal(choice, bit(&rung_reaper)); /* untouched */
    assert_string_equal(containment_words(), "auto, cgroup, cgroup2, cgroup1, pidns, reaper");
}

static void places_are_checked(void **state)
{
    (void)state;
    uint32_t n = 0;
    for (; rungs[n]; n++) {
        assert_ptr_equal(rung_at(n), rungs[n]);
        assert_int_equal(rung_index(rungs[n]), n);
        assert_true(rungs[n]->sweep || rungs[n]->kill); /* one side can end what is in it */
    }
    assert_null(rung_at(n));
    assert_null(rung_at(UINT32_MAX));
}

struct asked {
    int times, answer;
};

static int probe(void *data, const struct rung *rung, struct err *err)
{
    struct asked *asked = data;
    asked->times++;
    assert_ptr_equal(rung, &rung_pidns);
    return asked->answer < 0 ? err_set(err, asked->answer, "not here") : 0;
}

static void the_wanted_rung_or_an_error(void **state)
{
    (void)state;
    struct containment_set set;
    autoerr struct err err = {0};
    struct asked asked = {.answer = -EPERM};
    assert_true(containment_open(&set, bit(&rung_pidns), "test", probe, &asked, &err) < 0);
    assert_string_equal(err_text(&err), "not here");
    containment_close(&set, 1);
    asked.answer = 0;
    assert_int_equal(containment_open(&set, bit(&rung_pidns), "test", probe, &asked, &err), 0);
    assert_ptr_equal(set.usual->rung, &rung_pidns);
    assert_int_equal(asked.times, 2);
    containment_close(&set, 1);
    assert_int_equal(containment_open(&set, bit(&rung_reaper), "test", probe, &asked, &err), 0);
    assert_ptr_equal(set.usual->rung, &rung_reaper);
    assert_int_equal(asked.times, 2); /* nothing to ask for */
    containment_close(&set, 1);
}

/* Whatever the machine has, nobody finds himself in a namespace who has not asked for one. */
static void by_itself_no_rung_that_a_test_can_notice(void **state)
{
    (void)state;
    struct containment_set set;
    autoerr struct err err = {0};
    struct asked asked = {.answer = 0};
    assert_int_equal(containment_open(&set, 0, "unit-auto", probe, &asked, &err), 0);
    assert_false(set.usual->rung->noticed);
    assert_int_equal(asked.times, 0);
    containment_close(&set, 1);
}

static void a_scenario_may_ask_for_another(void **state)
{
    (void)state;
    struct containment_set set;
    autoerr struct err err = {0};
    struct asked asked = {.answer = 0};
    const char *why = NULL;
    assert_int_equal(containment_open(&set, bit(&rung_reaper), "unit-two", probe, &asked, &err), 0);
    assert_ptr_equal(containment_for(&set, 0, &why), set.usual);
    assert_null(containment_for(&set, bit(&rung_pidns), &why)); /* nobody had it made */
    containment_add(&set, bit(&rung_pidns));
    const struct containment *c = containment_for(&set, bit(&rung_pidns), &why);
    assert_non_null(c);
    assert_ptr_equal(c->rung, &rung_pidns);
    /* It stands in a cgroup where one can be had, and a sub-reaper holds nothing. */
    assert_true(!c->holder || c->holder->base >= 0);
    assert_ptr_equal(containment_groups(c), c->holder);
    containment_close(&set, 1);
    asked.answer = -EPERM;
    assert_int_equal(containment_open(&set, bit(&rung_reaper), "unit-two", probe, &asked, &err), 0);
    containment_add(&set, bit(&rung_pidns));
    assert_null(containment_for(&set, bit(&rung_pidns), &why));
    assert_string_equal(why, "not here");
    containment_close(&set, 1);
}

static void a_slot_has_a_group_where_there_are_groups(void **state)
{
    (void)state;
    for (int i = 0; rungs[i]; i++) {
        struct containment_set set;
        autoerr struct err err = {0};
        struct asked asked = {.answer = 0};
        char id[48];
        snprintf(id, sizeof id, "unit-%d-%d", (int)getpid(), i);
        if (containment_open(&set, 1 << i, id, probe, &asked, &err) < 0) {
            containment_close(&set, 1);
            continue;
        }
        const char *paths[CONTAINMENT_PATHS_MAX];
        size_t n = containment_paths(&set, paths);
        char *path = n > 0 ? xstrdup(paths[0]) : NULL;
        int dir = containment_slot_dir(set.usual, 0, &err);
        assert_int_equal(dir >= 0, n > 0);
        if (dir >= 0)
            close(dir);
        assert_true(containment_is_empty(set.usual, 0));
        containment_kill(set.usual, 0);
        containment_renew(set.usual, 0);
        containment_close(&set, 1);
        assert_true(!path || access(path, F_OK) < 0); /* removed with its slots */
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stand_for_rungs),          cmocka_unit_test(places_are_checked),
        cmocka_unit_test(the_wanted_rung_or_an_error),    cmocka_unit_test(by_itself_no_rung_that_a_test_can_notice),
        cmocka_unit_test(a_scenario_may_ask_for_another), cmocka_unit_test(a_slot_has_a_group_where_there_are_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
