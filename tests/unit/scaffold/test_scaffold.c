/* SPDX-License-Identifier: Apache-2.0 */
/* Projects from templates: what becomes of their words, and what a name is. Files are made in e2e.adoption.new. */
#include "base/cleanup.h"
#include "base/mem.h"
#include "scaffold/scaffold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void each_word_becomes_the_name(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", ""},
        {"example", "shop"},
        {"project(example LANGUAGES C)", "project(shop LANGUAGES C)"},
        {"build/plugins/example.so", "build/plugins/shop.so"},
        {"NAME example_cpp SOURCES", "NAME shop SOURCES"},
        {"\"example.rust\", example_rust.so", "\"shop\", shop.so"},
        {"examples, counterexample, example_2, _example", "examples, counterexample, example_2, _example"},
        {"example.cppx example.c", "shop.cppx shop.c"},
        {"exampl", "exampl"},
        {"example example", "shop shop"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autobuf struct buf out = {0};
        scaffold_fill(&out, rows[i].text, strlen(rows[i].text), "shop");
        assert_string_equal(buf_str(&out), rows[i].expected);
    }
}

static void names_are_good_for_files_and_targets(void **state)
{
    static const char *const good[] = {"a", "shop", "shop_2", "a23456789_123456789_123456789_123456789_"};
    static const char *const bad[] = {"",    "2shop", "_shop",    "Shop",
                                      "a-b", "a.b",   "a/b",      "..",
                                      "a b", "a\n",   "\xc3\xa4", "a23456789_123456789_123456789_123456789_1"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(scaffold_is_name(good[i]));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(scaffold_is_name(bad[i]));
}

static void some_names_are_taken(void **state)
{
    (void)state;
    assert_true(scaffold_is_taken("all"));
    assert_true(scaffold_is_taken("muster"));
    assert_false(scaffold_is_taken("al"));
    assert_false(scaffold_is_taken("shop"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_becomes_the_name),
        cmocka_unit_test(names_are_good_for_files_and_targets),
        cmocka_unit_test(some_names_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
