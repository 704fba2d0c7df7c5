/* SPDX-License-Identifier: Apache-2.0 */
/* muster.yaml, taken apart: every shape of a value, and every mistake with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "settings/settings_file.h"

#include <errno.h>
#include <string.h>

static struct arena arena;

static int parse(const char *text, struct settings *ret, struct err *err)
{
    return settings_parse("m.yaml", text, strlen(text), &arena, ret, err);
}

static int free_all(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void each_value_is_a_setting(void **state)
{
    (void)state;
    static const struct setting expected[] = {
        {"", "plugins", "", "a", "m.yaml:1:11"},          {"", "plugins", "", "b/c.so", "m.yaml:1:14"},
        {"", "run", "jobs", "04", "m.yaml:3:3"},          {"", "run", "strict", "true", "m.yaml:4:3"},
        {"", "run", "set", "url=http://h", "m.yaml:5:9"}, {"", "run", "set", "n=1", "m.yaml:5:26"},
        {"", "run", "threshold", "a<1", "m.yaml:7:7"},    {"", "run", "threshold", "b=off", "m.yaml:8:7"},
        {"ci", "profiles", "", "", "m.yaml:10:3"},        {"ci", "run", "retries", "2", "m.yaml:10:14"},
        {"none", "profiles", "", "", "m.yaml:11:3"},      {"two", "profiles", "", "", "m.yaml:12:3"},
        {"two", "plugins", "", "d", "m.yaml:12:9"},
    };
    struct settings s;
    struct err err = {0};
    int r = parse("plugins: [a, b/c.so]\n"
                  "run:\n"
                  "  jobs: 04\n"
                  "  strict: true\n"
                  "  set: {url: \"http://h\", n: 1}\n"
                  "  threshold:\n"
                  "    - a<1\n"
                  "    - b=off\n"
                  "profiles:\n"
                  "  ci: {run: {retries: 2}}\n"
                  "  none:\n"
                  "  two: {plugins: d}\n",
                  &s, &err);
    assert_int_equal(r, 0);
    assert_int_equal(s.n, sizeof expected / sizeof *expected);
    for (uint32_t i = 0; i < s.n; i++) {
        assert_string_equal(s.items[i].profile, expected[i].profile);
        assert_string_equal(s.items[i].section, expected[i].section);
        assert_string_equal(s.items[i].key, expected[i].key);
        assert_string_equal(s.items[i].value, expected[i].value);
        if (strcmp(s.items[i].section, "plugins") != 0)
            assert_string_equal(s.items[i].at, expected[i].at);
    }
}

static void sections_without_anything_are_fine(void **state)
{
    (void)state;
    static const char *const texts[] = {"run:\n", "profiles:\n", "{}", "run: {}\nplugins: []\nprofiles: {}\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct settings s;
        struct err err = {0};
        assert_int_equal(parse(texts[i], &s, &err), 0);
        assert_int_equal(s.n, 0);
    }
}

static void each_mistake_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"runs: {}", "m.yaml:1:1: unknown key runs: did you mean run?"},
        {"elephants: {}", "m.yaml:1:1: unknown key elephants: there are run, plugins and profiles"},
        {"run: [a]", "m.yaml:1:1: this is a list, where a mapping of options of 'muster run' to values is wanted"},
        {"run: {jobs: }", "m.yaml:1:7: there is no value"},
        {"run: {jobs: ''}", "m.yaml:1:7: there is no value"},
        {"run: {set: {a: {b: c}}}", "m.yaml:1:13: this is a map"},
        {"run: {set: [[a]]}", "this is a list, where a value is wanted"},
        {"plugins: {a: b}", "m.yaml:1:1: this is a mapping, where a list of paths is wanted"},
        {"profiles: [ci]", "m.yaml:1:1: this is a list, where a mapping of profiles' names to what they set is wanted"},
        {"profiles: {ci: 3}", "m.yaml:1:12: this is"},
        {"profiles: {ci: {profiles: {}}}", "m.yaml:1:17: unknown key profiles: a profile has run and plugins"},
        {"run: {jobs: 1, jobs: 2}", "m.yaml:1:16: "},
        {"3", "m.yaml:1:1: this is"},
        {"run: {jobs: 1", "m.yaml:"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct settings s;
        struct err err = {0};
        assert_int_equal(parse(bad[i].text, &s, &err), -EINVAL);
        if (!strstr(err.text, bad[i].says))
            fail_msg("%s: %s, not %s", bad[i].text, err.text, bad[i].says);
        err_free(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_value_is_a_setting, free_all),
        cmocka_unit_test_teardown(sections_without_anything_are_fine, free_all),
        cmocka_unit_test_teardown(each_mistake_has_its_place, free_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
