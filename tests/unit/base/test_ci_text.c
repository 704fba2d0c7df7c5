/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of CI servers in what scenarios print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ci_text.h"
#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

static void becomes(const char *text, const char *wanted)
{
    autobuf struct buf buf = {0};
    buf_adds(&buf, text);
    ci_defuse(&buf);
    assert_string_equal(buf_str(&buf), wanted);
    ci_defuse(&buf); /* what is safe stays as it is */
    assert_string_equal(buf_str(&buf), wanted);
}

static void commands_are_broken(void **state)
{
    (void)state;
    becomes("::stop-commands::x\n", ": :stop-commands::x\n");
    becomes("a\n   \t::error file=x::y\n", "a\n   \t: :error file=x::y\n");
    becomes("\xc2\xa0\xe2\x80\x83::warning::y", "\xc2\xa0\xe2\x80\x83: :warning::y");
    becomes("a ##[error]b", "a ## [error]b");
    becomes("###[group]", "### [group]");
    becomes("x##vso[task.complete result=Succeeded]y", "x##vso [task.complete result=Succeeded]y");
    becomes("##teamcity[testFailed name='x']", "##teamcity [testFailed name='x']");
    becomes("##[a]##[b]", "## [a]## [b]");
}

static void all_else_stays(void **state)
{
    (void)state;
    becomes("", "");
    becomes(":", ":");
    becomes("#", "#");
    becomes("std::vector ::x\n", "std::vector ::x\n");
    becomes("## a heading [1]\n", "## a heading [1]\n");
    becomes("##", "##");
    becomes("#[derive]\n", "#[derive]\n");
    becomes("\xff::x\n", "\xff::x\n");
}

static void servers_are_known_by_their_variables(void **state)
{
    (void)state;
    static const char *const names[] = {"GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION", "GITLAB_CI"};
    for (size_t i = 0; i < 4; i++)
        unsetenv(names[i]);
    assert_false(ci_reads_output());
    for (size_t i = 0; i < 4; i++) {
        setenv(names[i], "1", 1);
        assert_true(ci_reads_output());
        setenv(names[i], "", 1);
        assert_false(ci_reads_output());
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_broken),
        cmocka_unit_test(all_else_stays),
        cmocka_unit_test(servers_are_known_by_their_variables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
