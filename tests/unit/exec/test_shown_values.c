/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of a service's values, and what never is. */
#include "exec/shown_values.h"

#include "base/cleanup.h"

#include "testing.h"

static void is_shown(const char *key, const char *value, const char *wanted)
{
    autobuf struct buf out = {0};
    assert_true(shown_value_add(&out, key, value));
    assert_string_equal(buf_str(&out), wanted);
}

static void is_not_shown(const char *key, const char *value)
{
    autobuf struct buf out = {0};
    assert_false(shown_value_add(&out, key, value));
    assert_int_equal(out.len, 0);
}

static void addresses_are_shown(void **state)
{
    (void)state;
    is_shown("url", "http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api");
    is_shown("admin_url", "http://[::1]:8080", "http://[::1]:8080");
    is_shown("db.port", "5432", "5432");
    is_shown("PID", "4711", "4711");
    is_shown("host", "localhost", "localhost");
}

static void secrets_in_addresses_are_not(void **state)
{
    (void)state;
    is_shown("url", "postgres://me:p@ss@db:5432/shop?sslkey=abc", "postgres://db:5432/shop");
    is_shown("url", "http://h/a#token", "http://h/a");
    is_not_shown("url", "postgres://me:p/ss@db/shop");
    is_not_shown("url", "postgres://me:p?ss@db/shop");
    is_not_shown("url", "redis://:p#ss@db");
    is_not_shown("address", "me:secret@db");
    is_not_shown("host", "host=db password=x");
}

static void all_else_is_not(void **state)
{
    (void)state;
    is_not_shown("password", "x");
    is_not_shown("admin_user", "root");
    is_not_shown("token_url", "http://h/abc");
    is_not_shown("api-key", "http://h");
    is_not_shown("port", "");
    is_not_shown("", "x");
    is_not_shown("port", "1\nfake line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_shown),
        cmocka_unit_test(secrets_in_addresses_are_not),
        cmocka_unit_test(all_else_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
