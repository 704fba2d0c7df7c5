/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed for a shell comes back from it as the same words. */
#include "evidence/rerun_command.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *words[8], *command;
} table[] = {
    {{"run", "x.so", "-j4"}, "muster run x.so -j4 --rerun out/r"},
    {{"run", "-m", "a and not b", "x.so"}, "muster run -m 'a and not b' x.so --rerun out/r"},
    {{"run", "it's"}, "muster run 'it'\\''s' --rerun out/r"},
    {{"run", "a[b=c]", "", "*"}, "muster run 'a[b=c]' '' '*' --rerun out/r"},
    {{"run", "--rerun", "failed", "x.so"}, "muster run x.so --rerun out/r"},
    {{"run", "--rerun=latest", "x.so"}, "muster run x.so --rerun out/r"},
    {{"run", "--set", "password=hunter2", "x.so"}, "muster run --set password=... x.so --rerun out/r"},
    {{"run", "--shard", "1/2", "x.so", "--shards"}, "muster run x.so --shards --rerun out/r"},
    {{"run", "--shard=auto", "x.so"}, "muster run x.so --rerun out/r"},
    {{"run", "-j2", "--", "--rerun", "x.so"}, "muster run -j2 --rerun out/r -- --rerun x.so"},
};

static int count(const char *const *words)
{
    int n = 0;
    while (words[n])
        n++;
    return n;
}

static void it_is_what_a_shell_takes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        autobuf struct buf out = {0};
        rerun_command_add((char *const *)(uintptr_t)table[i].words, count(table[i].words), "out/r", &out);
        assert_string_equal(buf_str(&out), table[i].command);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_what_a_shell_takes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
