/* SPDX-License-Identifier: Apache-2.0 */
/* The policy, and case ids as folder names: safe, reversible, distinct. */
#include "artifacts/collect.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

static void policy(void **state)
{
    (void)state;
    enum artifacts_policy p = ARTIFACTS_NEVER;
    assert_int_equal(artifacts_policy_parse("on-failure", &p), 0);
    assert_int_equal(p, ARTIFACTS_ON_FAILURE);
    assert_int_equal(artifacts_policy_parse("On-failure", &p), -EINVAL);
    assert_int_equal(artifacts_policy_parse("", &p), -EINVAL);
    assert_int_equal(p, ARTIFACTS_ON_FAILURE);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *id, *component;
    } known[] = {
        {"pay.refund.twice[plan=pro]", "pay.refund.twice[plan=pro]"},
        {".", "%2E"},
        {"..", "%2E."},
        {".hidden", "%2Ehidden"},
        {"a/b", "a%2Fb"},
        {"../../etc", "%2E.%2F..%2Fetc"},
        {"100%", "100%25"},
        {"a b\n", "a%20b%0A"},
        {"gr\xc3\xb6\xff", "gr%C3%B6%FF"},
        {"a\\b:c*", "a%5Cb%3Ac%2A"},
        {"", "%"},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        autobuf struct buf component = {0}, id = {0};
        artifact_component(&component, known[i].id);
        assert_string_equal(buf_str(&component), known[i].component);
        assert_int_equal(artifact_case(component.data, component.len, &id), 0);
        assert_string_equal(buf_str(&id), known[i].id);
    }
    autobuf struct buf path = {0};
    artifact_path(&path, "a/b", 12);
    assert_string_equal(buf_str(&path), "cases/a%2Fb/attempt-12");
    buf_clear(&path);
    artifact_fixture_path(&path, "a/b", 1);
    assert_string_equal(buf_str(&path), "fixtures/a%2Fb");
    artifact_fixture_path(&path, "c", 2);
    assert_string_equal(buf_str(&path), "fixtures/a%2Fbfixtures/c/start-2");
}

static void every_byte(void **state)
{
    (void)state;
    for (int first = 1; first < 256; first++) {
        for (int second = 1; second < 256; second++) {
            const char text[] = {(char)first, (char)second, '\0'};
            autobuf struct buf component = {0}, id = {0};
            artifact_component(&component, text);
            assert_null(memchr(component.data, '/', component.len));
            assert_true(component.data[0] != '.');
            assert_int_equal(artifact_case(component.data, component.len, &id), 0);
            assert_string_equal(buf_str(&id), text);
        }
    }
}

/* Ids around the limit, with escapes that the cut would divide, stay within it and distinct. */
static void long_ids(void **state)
{
    (void)state;
    for (size_t len = 230; len < 300; len++) {
        autofree char *a = xmalloc(len + 1), *b = xmalloc(len + 1);
        memset(a, 'x', len);
        a[len] = '\0';
        for (size_t i = 200; i < len; i += 2)
            a[i] = '/';
        memcpy(b, a, len + 1);
        b[len - 1] = 'y';
        autobuf struct buf one = {0}, two = {0}, id = {0};
        artifact_component(&one, a);
        artifact_component(&two, b);
        assert_true(one.len <= COMPONENT_MAX && two.len <= COMPONENT_MAX);
        assert_string_not_equal(buf_str(&one), buf_str(&two));
        int r = artifact_case(one.data, one.len, &id);
        if (r == 0)
            assert_string_equal(buf_str(&id), a);
        else
            assert_int_equal(r, -ENAMETOOLONG);
    }
    autobuf struct buf fits = {0}, cut = {0};
    char longest[COMPONENT_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[COMPONENT_MAX] = '\0';
    artifact_component(&fits, longest);
    assert_string_equal(buf_str(&fits), longest);
    longest[COMPONENT_MAX] = 'x';
    longest[COMPONENT_MAX + 1] = '\0';
    artifact_component(&cut, longest);
    assert_int_equal(cut.len, COMPONENT_MAX);
    assert_non_null(strstr(buf_str(&cut), "%~"));
}

static void foreign_components(void **state)
{
    (void)state;
    static const char *const foreign[] = {".", "..", ".x", "%", "%2", "%zz", "%41", "%2e", "a b", "%00", "x%2", "%~"};
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
        autobuf struct buf id = {0};
        int r = artifact_case(foreign[i], strlen(foreign[i]), &id);
        assert_int_equal(r, strcmp(foreign[i], "%") == 0 ? 0 : -EINVAL);
        assert_int_equal(id.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(policy), cmocka_unit_test(names), cmocka_unit_test(every_byte),
                                       cmocka_unit_test(long_ids), cmocka_unit_test(foreign_components)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
