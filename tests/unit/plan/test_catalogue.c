/* SPDX-License-Identifier: Apache-2.0 */
/* Letting plugins into the catalogue, and the map of ids behind it. */
#include "sample.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void lets_in_what_is_new(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_catalogue(&c);
    assert_int_equal(c.n_plugins, 2);
    assert_int_equal(c.plugins[1].first, 4);
    assert_int_equal(idmap_get(&c.ids, "acme.users.logout", strlen("acme.users.logout")), 5);
    assert_int_equal(idmap_get(&c.ids, "acme.users.log", strlen("acme.users.log")), IDMAP_NONE);
}

static void names_both_plugins_of_a_duplicate(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_catalogue(&c);
    sample_plugin(&c, "acme");
    sample_scenario(&c, "health", "");
    sample_scenario(&c, "users.login", "");
    autoerr struct err err = {0};
    assert_int_equal(catalogue_admit(&c, &err), -EEXIST);
    assert_err(&err, -EEXIST,
               "scenario acme.users.login (sample.c:2) is already in acme.users.so (sample.c:1, plugin acme.users "
               "1.0.0)");
}

static void finds_a_duplicate_in_one_plugin(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_plugin(&c, "acme");
    sample_scenario(&c, "a", "");
    sample_scenario(&c, "b", "");
    sample_scenario(&c, "a", "");
    autoerr struct err err = {0};
    assert_int_equal(catalogue_admit(&c, &err), -EEXIST);
    assert_err(&err, -EEXIST, "scenario acme.a is defined twice (sample.c:1 and sample.c:3)");
}

static void forgets_a_refused_plugin(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_catalogue(&c);
    sample_plugin(&c, "acme");
    char names[200][8];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(names[i], sizeof names[i], "s%zu", i);
        sample_scenario(&c, names[i], "");
    }
    sample_scenario(&c, "users.login", "");
    assert_int_equal(catalogue_admit(&c, NULL), -EEXIST);
    catalogue_drop_last(&c);
    assert_int_equal(c.n_plugins, 2);
    assert_int_equal(c.n_scenarios, 6);

    sample_plugin(&c, "acme");
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        sample_scenario(&c, names[i], "");
    assert_int_equal(catalogue_admit(&c, NULL), 0);
    assert_int_equal(c.ids.count, 6 + ARRAY_LEN(names));
}

static void lets_in_a_plugin_without_scenarios(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_plugin(&c, "acme");
    assert_int_equal(catalogue_admit(&c, NULL), 0);
}

static void keeps_many_ids_apart(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    struct arena arena = {0};
    struct idmap m = {0};
    char name[32];
    for (uint32_t i = 0; i < MANY; i++) {
        int len = snprintf(name, sizeof name, "acme.s%u", i);
        assert_int_equal(idmap_put(&m, arena_strdup(&arena, name), (size_t)len, i), IDMAP_NONE);
        assert_int_equal(idmap_put(&m, name, (size_t)len, 0), i);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        int len = snprintf(name, sizeof name, "acme.s%u", i);
        assert_int_equal(idmap_get(&m, name, (size_t)len), i);
        /* A part of a key is another key. */
        assert_int_equal(idmap_get(&m, name + 1, (size_t)len - 1), IDMAP_NONE);
    }
    idmap_free(&m);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_in_what_is_new),
        cmocka_unit_test(names_both_plugins_of_a_duplicate),
        cmocka_unit_test(finds_a_duplicate_in_one_plugin),
        cmocka_unit_test(forgets_a_refused_plugin),
        cmocka_unit_test(lets_in_a_plugin_without_scenarios),
        cmocka_unit_test(keeps_many_ids_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
