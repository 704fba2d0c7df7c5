/* SPDX-License-Identifier: Apache-2.0 */
/* No value of the target is kept with a command line. */
#include "evidence/shown_command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *words[6], *shown[6];
} table[] = {
    {{"run", "x.so"}, {"run", "x.so"}},
    {{"run", "--set", "password=hunter2", "x.so"}, {"run", "--set", "password=...", "x.so"}},
    {{"run", "--set=password=hunter2"}, {"run", "--set=password=..."}},
    {{"run", "--set", "query=a=b"}, {"run", "--set", "query=..."}},
    {{"run", "--set", "password=@file"}, {"run", "--set", "password=@file"}},
    {{"run", "--set", "no-value"}, {"run", "--set", "no-value"}},
    {{"run", "--set", "empty="}, {"run", "--set", "empty=..."}},
    {{"run", "--set"}, {"run", "--set"}},
    {{"run", "--settle=a=b", "-m", "x=y"}, {"run", "--settle=a=b", "-m", "x=y"}},
    {{"run", "--", "--set", "a=b"}, {"run", "--", "--set", "a=b"}},
};

static void values_become_dots(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct arena arena = {0};
        int n = 0;
        while (n < 6 && table[i].words[n])
            n++;
        const struct string_list shown = shown_command((char *const *)(uintptr_t)table[i].words, n, &arena);
        assert_int_equal(shown.n, n);
        for (int k = 0; k < n; k++)
            assert_string_equal(shown.items[k], table[i].shown[k]);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_become_dots)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
